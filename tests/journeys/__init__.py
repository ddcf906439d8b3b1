"""The four ways through the product, each as its user goes it, in real Chromium."""
