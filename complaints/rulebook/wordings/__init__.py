"""Forms and wordings of papers that the law admits for a time: what no rule with a number can hold."""
