"""The main screen: what the commands, the clicks and the messages of its parts lead to. The deeds are elsewhere."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, ClassVar

from textual import on

from reflexiona.settings import INCLUDED_MODEL
from reflexiona.tui import branching, deeds, keeping
from reflexiona.tui.commands import BY_ID, bindings, rebound
from reflexiona.tui.messages import (
    Branched,
    CaseChosen,
    Cited,
    EngineReady,
    Failed,
    Opened,
    Parted,
    PlanChanged,
    Rested,
    TurnAdded,
    TurnChanged,
    TurnRead,
    TurnRetaken,
)
from reflexiona.tui.screens.columns import Columns
from reflexiona.tui.widgets.lines import Masthead, Trouble

if TYPE_CHECKING:
    from textual.binding import BindingType

    from reflexiona.tui.backstage import Backstage
    from reflexiona.tui.installer import Installer
    from reflexiona.tui.keymap import Keymap


class MainScreen(Columns):
    """Where everything happens. `begin` is called once, after the first frame."""

    BINDINGS: ClassVar[list[BindingType]] = list(bindings())

    def __init__(self, text: str = "", sends: str = "enter", keymap: Keymap | None = None) -> None:
        super().__init__(text, sends, keymap)
        for key, command in rebound(self.keymap):
            self._bindings.key_to_bindings.pop(key, None)
            if command is not None:
                self._bindings.bind(key, f"command('{command.id}')", command.title, show=False, priority=True)
        self.backstage: Backstage | None = None
        self.model = ""
        """Name of the model in use; empty: none."""
        self.installer: Installer | None = None
        """Brings models, once that was asked for."""

    async def begin(self, backstage: Backstage) -> None:
        """Mounts the side panels, takes up what was kept, and starts the engine."""
        self.backstage = backstage
        await deeds.begin(self, backstage)
        self.hint()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Alt+A and Alt+B belong to the text that is being written, where there is one."""
        return self.deciding if action == "command" and parameters[0] in ("choose_a", "choose_b") else True

    async def action_command(self, command: str) -> None:
        """Does what a command says."""
        done = BY_ID[command].run(self)
        if inspect.isawaitable(done):
            await done
        self.hint()

    async def action_cite_read(self, number: int) -> None:
        """Opens a passage of the answer that is being read; on the empty page, tries an example."""
        if turn := self.talk.transcript.in_view:
            await deeds.read(self, turn, number)
        else:
            deeds.try_example(self, number - 1)

    async def action_cite(self, turn_id: str, number: int) -> None:
        """Opens a passage of an answer."""
        await deeds.read(self, turn_id, number)

    def action_choose(self, place: int) -> None:
        """Answers the deciding question."""
        deeds.choose(self, place)

    async def action_change(self, turn_id: str) -> None:
        """Puts a sent text into the composer, to be changed."""
        await branching.edit(self, turn_id)

    async def action_resume(self, case_id: str) -> None:
        """Goes on with a conversation."""
        await deeds.resume(self, case_id)

    @on(CaseChosen)
    @on(Cited)
    @on(PlanChanged)
    @on(Parted)
    async def _asked_for(self, event: CaseChosen | Cited | PlanChanged | Parted) -> None:
        match event:
            case CaseChosen():
                await deeds.resume(self, event.conversation_id)
            case Cited():
                await deeds.read(self, event.turn_id, event.number)
            case PlanChanged():
                await deeds.keep_plan(self, event.turn_id, event.plan)
            case Parted():
                await keeping.part(self, event.conversation)

    async def on_cases_shown(self) -> None:
        """The list of conversations came into sight."""
        await deeds.refresh_cases(self)

    @on(Opened)
    @on(Branched)
    @on(TurnAdded)
    @on(TurnRetaken)
    @on(TurnChanged)
    @on(Rested)
    async def _conversation_changed(self, event: deeds.Change) -> None:
        await deeds.follow(self, event)

    @on(TurnRead)
    def _turn_read(self) -> None:
        deeds.show_guide(self)

    @on(EngineReady)
    def _engine_ready(self, event: EngineReady) -> None:
        self.model = event.model
        self.query_one(Masthead).say_model(event.model)
        self.talk.offer_models(offer=event.model in ("", INCLUDED_MODEL))
        self.query_one(Trouble).clear("EngineError")
        self.hint()

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self.query_one(Trouble).say(event.error)
        self.hint()
