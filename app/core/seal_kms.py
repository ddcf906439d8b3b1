"""The KMS hook: a seal key that never leaves a key management service, reached through a command of the operator.

The contract. The command is started with one more word, `wrap`, `unwrap` or `derive`, and reads one line of JSON:
`{"key": NAME, "context": TEXT, "data": BASE64}`. It prints the answer in base64 and ends with 0; any other end is a
refusal. `wrap` gets a data key of 32 bytes and may answer up to 65,535; `unwrap` gets that answer and gives the data
key back, for the same context only; `derive` gets a label and always answers the same 32 bytes for it.
"""

import json
import subprocess
from base64 import b64decode, b64encode
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from app.core.seal import KEY_ID, SealError

SECONDS = 10


@dataclass(frozen=True)
class KmsKey:
    """A key of a KMS, by its name there; a process of the command runs each time it is needed."""

    command: tuple[str, ...]
    name: str

    @property
    def key_id(self) -> bytes:
        """Return eight bytes that name the key: the name is no secret."""
        return sha256(b"tiepdan-seal-kms" + self.name.encode()).digest()[:KEY_ID]

    def wrap(self, data_key: bytes, context: str) -> bytes:
        """Have a data key wrapped. Raises SealError when the command refuses, fails or is late."""
        return self.ask("wrap", data_key, context)

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Have a data key unwrapped. Raises SealError."""
        data_key = self.ask("unwrap", wrapped, context)
        if len(data_key) != 32:
            raise SealError("the KMS gave no data key")
        return data_key

    def derive(self, label: str) -> bytes:
        """Return the 32 bytes of a label, asked for once a process. Raises SealError."""
        return _derived(self, label)

    def ask(self, act: str, data: bytes, context: str) -> bytes:
        """Run the command for one act and return its answer. Raises SealError."""
        asked = json.dumps({"key": self.name, "context": context, "data": b64encode(data).decode()})
        try:
            # The operator's own command out of the settings; nothing that was typed reaches it.
            ran = subprocess.run(  # noqa: S603
                [*self.command, act], input=asked.encode(), capture_output=True, timeout=SECONDS, check=True
            )
            return b64decode(ran.stdout.strip(), validate=True)
        except subprocess.CalledProcessError:
            raise SealError(f"the KMS refused to {act}") from None
        except subprocess.TimeoutExpired:
            raise SealError(f"the KMS did not {act} within {SECONDS} seconds") from None
        except OSError as error:
            raise SealError(f"the KMS command cannot be started: {error.strerror}") from None
        except ValueError:
            raise SealError(f"the KMS answered no base64 when asked to {act}") from None


@lru_cache(maxsize=16)
def _derived(key: KmsKey, label: str) -> bytes:
    derived = key.ask("derive", label.encode(), label)
    if len(derived) != 32:
        raise SealError("the KMS derived no key of 32 bytes")
    return derived
