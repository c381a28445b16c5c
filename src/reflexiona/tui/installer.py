"""One model on its way, whatever screen is in sight: a thread brings it, the screens look how far it is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError

if TYPE_CHECKING:
    from reflexiona.models.catalogue import Entry
    from reflexiona.models.installing import Agree, Installation
    from reflexiona.paths import DataFolder

Tell = Callable[[str], object]
"""Said to the person, in Spanish."""


class Installer:
    """At most one download at a time. Call everything from the event loop's thread.

    Args:
        data: the person's folder.
        tell: told what the person should know, from the event loop's thread.
    """

    def __init__(self, data: DataFolder, tell: Tell) -> None:
        self._data = data
        self._tell = tell
        self._running: Installation | None = None
        self.name = ""
        """What is coming, or came last."""
        self.told = ""
        """How far it is; empty where nothing is coming."""
        self._dropped = False

    @property
    def busy(self) -> bool:
        """Whether a model is coming."""
        return self._running is not None

    async def bring(self, entry: Entry, agree: Agree) -> bool:
        """Brings a model of the catalogue, from where it was left; returns whether it is here now.

        Args:
            entry: what to bring.
            agree: asked, in another thread, about a file that nobody has verified.
        """
        if self.busy:
            self._tell(f"Ya se está descargando «{self.name}»: p lo pausa.")
            return False
        from reflexiona.models.installing import Installation, forget_partial

        loop = asyncio.get_running_loop()
        self.name, self.told, self._dropped = entry.name, "conectando", False
        installation = self._running = Installation(self._data, entry, agree)
        done: asyncio.Future[None] = loop.create_future()
        thread = threading.Thread(target=self._work, args=(installation, loop, done), daemon=True)
        thread.start()  # a thread of its own, which the end of the program does not wait for
        try:
            await done
            return True
        except ReflexionaError as error:
            self._tell(str(error))
            return False
        except _StoppedError:
            if self._dropped:
                await asyncio.to_thread(forget_partial, self._data, entry.name)
            kept = "lo descargado se ha borrado" if self._dropped else "lo descargado queda, para seguir desde ahí"
            self._tell(f"«{entry.name}»: descarga detenida; {kept}.")
            return False
        finally:
            self._running, self.told = None, ""

    def stop(self, *, drop: bool = False) -> None:
        """Ends what is coming. What has come stays for the next time, unless it is to be dropped."""
        if self._running is not None:
            self._dropped = drop
            self.told = "deteniendo"
            self._running.stop()

    def _work(self, installation: Installation, loop: asyncio.AbstractEventLoop, done: asyncio.Future[None]) -> None:
        from reflexiona.models.download.events import Received, Remark
        from reflexiona.models.progress import progress_text
        from reflexiona.ports import Cancelled

        failure: Exception | None = None
        try:
            for event in installation.events():
                if isinstance(event, Received):
                    self.told = f"{event.phase} · {progress_text(event)}"
                elif isinstance(event, Remark):
                    loop.call_soon_threadsafe(self._tell, event.text)
        except Cancelled:
            failure = _StoppedError()
        except ReflexionaError as error:
            failure = error
        except Exception as error:  # whatever it is, the person hears of it and the program stands
            failure = ReflexionaError(f"La descarga falló ({type(error).__name__}).", "Vuelve a intentarlo.")
        loop.call_soon_threadsafe(_settle, done, failure)


class _StoppedError(Exception):
    """The person ended it."""


def _settle(done: asyncio.Future[None], failure: Exception | None) -> None:
    if not done.done():
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(failure)
