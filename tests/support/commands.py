"""What the tests of commands share: what is told, what must not be imported, and what a command leaves behind."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing

from reflexiona.domain import Conversation
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from tests.support.tiny_gguf import Shape

TEXT = "Me debe tres facturas y no contesta"
SLOW_ENOUGH = Shape(width=128, layers=12, feed_forward=384, ends=False)
HEAVY = {"chromadb", "torch", "sentence_transformers", "llama_cpp", "numpy", "textual", "tokenizers"}


def kept(place: DataFolder, conversation: str) -> Conversation:
    with closing(ConversationStore(place.conversations)) as store:
        return store.get(conversation)


def without_network() -> tuple[str, ...]:
    """What runs a command in a network namespace without interfaces, where the system allows one."""
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-rn", "true"], capture_output=True, check=False).returncode == 0:
        return (unshare, "-rn")
    return ()
