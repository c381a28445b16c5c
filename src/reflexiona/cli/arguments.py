"""The command line as a grammar: every command with its arguments, and nothing of what they do."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from reflexiona import __version__
from reflexiona.cli.spanish import Parser

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]

_ABOUT = "Reflexiona ayuda a pensar con calma un problema con un cliente. Todo queda en este equipo."
_EXITS = (
    "Códigos de salida: 0 hecho, 1 no se pudo, 2 orden mal escrita, 3 no existe, 4 entrada que no sirve, "
    "130 interrumpido."
)
_ACTION = "accion"
STATES = ("pendiente", "terminado", "sin_plan", "a_medias")
"""As `storage.history.State` has them; a test compares."""


def build_parser() -> Parser:
    """The whole grammar. The namespace holds `orden` (None: the interface) and, for groups, `accion`."""
    parser = Parser(prog="reflexiona", description=f"{_ABOUT} Sin orden, abre la interfaz.", epilog=_EXITS)
    parser.add_argument(
        "--version", action="version", version=f"reflexiona {__version__}", help="muestra la versión y termina"
    )
    parser.add_argument(
        "--sencillo",
        action="store_true",
        help="conversación línea a línea, para lectores de pantalla y tuberías (también con ACCESSIBLE=1)",
    )
    commands = parser.add_subparsers(dest="orden", metavar="ORDEN", title="órdenes", prog=parser.prog)
    _ask(commands)
    _corpus(commands)
    _models(commands)
    _cases(commands)
    _evaluate(commands)
    _command(commands, "diagnostico", "qué hay instalado, qué se usa, y que nada sale de este equipo")
    return parser


def _command(commands: Commands, name: str, does: str) -> Parser:
    return commands.add_parser(name, help=does, description=f"{does[:1].upper()}{does[1:]}.")


def _group(commands: Commands, name: str, does: str) -> Commands:
    parser = _command(commands, name, does)
    return parser.add_subparsers(
        dest=_ACTION, metavar="ACCIÓN", title="acciones", required=True, prog=f"reflexiona {name}"
    )


def _json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="en JSON, para programas")


def _model_choice(parser: Parser) -> None:
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--modelo", metavar="NOMBRE", help="escribe con este modelo local (por defecto, el elegido)")
    choice.add_argument("--sin-modelo", action="store_true", help="respuesta compuesta con los artículos")


def _ask(commands: Commands) -> None:
    parser = _command(commands, "preguntar", "da una respuesta a lo que se cuente")
    parser.add_argument("texto", nargs="*", metavar="TEXTO", help="qué pasa; sin texto se lee de la entrada estándar")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="la respuesta en JSON, para programas")
    form.add_argument("--markdown", action="store_true", help="la respuesta en Markdown")
    _model_choice(parser)
    parser.add_argument("--sigue", metavar="ID", help="sigue con un caso guardado")
    parser.add_argument("--temporal", action="store_true", help="no guarda nada")


def _corpus(commands: Commands) -> None:
    actions = _group(commands, "corpus", "los artículos y los documentos propios")
    _json(_command(actions, "lista", "los artículos y documentos que hay"))
    search = _command(actions, "busca", "busca pasajes")
    search.add_argument("palabras", nargs="+", metavar="PALABRAS", help="qué se busca")
    _json(search)
    add = _command(actions, "agrega", "agrega documentos propios: md, txt, html, pdf o docx")
    add.add_argument("archivos", nargs="+", metavar="ARCHIVO", help="archivos, o carpetas enteras; se guarda su texto")
    _json(add)
    remove = _command(actions, "quita", "borra documentos propios para siempre")
    remove.add_argument("id", nargs="+", metavar="ID", help="su id, o el comienzo si no hay otro igual")
    _command(actions, "reindexa", "vuelve a hacer el índice de búsqueda a partir de los artículos")


def _models(commands: Commands) -> None:
    actions = _group(commands, "modelos", "los modelos locales")
    listing = _command(actions, "lista", "los modelos que hay, cuál se usa y cuáles se pueden traer")
    _json(listing)
    install = _command(actions, "instala", "descarga un modelo del catálogo; si se corta, otra vez sigue donde estaba")
    install.add_argument("nombre", metavar="NOMBRE", help="su nombre en «modelos lista»")
    install.add_argument(
        "--acepta", metavar="SHA256", default="", help="para un archivo sin verificar: la huella que se espera, entera"
    )
    for parser in (listing, install):
        parser.add_argument("--catalogo", metavar="F.toml", help="otro catálogo (por defecto, el del programa)")
    bring = _command(actions, "importa", "trae un archivo GGUF y lo prueba")
    bring.add_argument("archivo", metavar="ARCHIVO", help="el archivo .gguf; se queda donde está")
    bring.add_argument("--nombre", metavar="N", help="con qué nombre (por defecto, el del archivo)")
    bring.add_argument("--plantilla", metavar="F", default="", help="plantilla de mensajes, si el archivo no la indica")
    use = _command(actions, "usa", "elige el modelo que escribe")
    use.add_argument("nombre", metavar="NOMBRE", help="su nombre, o «ninguno» para responder sin modelo")
    for parser in (bring, use):
        parser.add_argument(
            "--a-pesar-de-la-memoria", action="store_true", help="lo carga aunque la memoria libre parezca poca"
        )
    verify = _command(actions, "verifica", "lee los archivos enteros y comprueba que no hayan cambiado")
    verify.add_argument("nombre", metavar="NOMBRE", nargs="?", help="su nombre (por defecto, todos)")
    measure = _command(actions, "mide", "mide un modelo en este equipo: velocidad, memoria, aciertos y citas")
    measure.add_argument("nombre", metavar="NOMBRE", nargs="?", help="su nombre (por defecto, el que se usa)")
    measure.add_argument("--casos", metavar="N", type=int, default=0, help="cuántos casos lee (por defecto, todos)")
    measure.add_argument(
        "--respuestas", metavar="N", type=int, default=8, help="de cuántos escribe la respuesta entera (por defecto, 8)"
    )
    _json(measure)
    remove = _command(actions, "quita", "borra un modelo, o lo que haya de su descarga")
    remove.add_argument("nombre", metavar="NOMBRE", help="su nombre")


def _cases(commands: Commands) -> None:
    actions = _group(commands, "casos", "los casos guardados")
    _json(_command(actions, "lista", "los casos que hay, primero los últimos"))
    search = _command(actions, "busca", "busca en los casos por palabras, escenario, estado o fecha")
    search.add_argument("palabras", nargs="*", metavar="PALABRAS", help="qué se busca; los acentos no cuentan")
    search.add_argument("--escenario", metavar="E", help="solo los de un escenario: su id, o parte de su nombre")
    search.add_argument("--estado", choices=STATES, metavar="E", help=f"solo los que están así: {', '.join(STATES)}")
    search.add_argument("--desde", metavar="AAAA-MM-DD", help="usados ese día o después")
    search.add_argument("--hasta", metavar="AAAA-MM-DD", help="usados por última vez ese día o antes")
    _json(search)
    show = _command(actions, "muestra", "la conversación entera")
    show.add_argument("id", metavar="ID", help="su id, o el comienzo si no hay otro igual")
    _json(show)
    write = _command(actions, "exporta", "escribe la conversación en Markdown")
    write.add_argument("id", metavar="ID", help="su id, o el comienzo")
    write.add_argument(
        "archivo", nargs="?", metavar="ARCHIVO", help="dónde; «-» es la salida estándar (por defecto, un archivo aquí)"
    )
    write.add_argument(
        "--sin-datos",
        action="store_true",
        help="sustituye nombres, correos, teléfonos e importes (puede quedar alguno)",
    )
    read = _command(actions, "importa", "trae una conversación exportada")
    read.add_argument("archivo", metavar="ARCHIVO", help="el archivo Markdown; «-» es la entrada estándar")
    delete = _command(actions, "borra", "borra un caso para siempre")
    delete.add_argument("id", metavar="ID", help="su id, o el comienzo")
    delete.add_argument("--si", action="store_true", help="sin preguntar")


def _evaluate(commands: Commands) -> None:
    parser = _command(commands, "evalua", "mide la lectura con casos etiquetados")
    parser.add_argument("--casos", metavar="F.jsonl", required=True, help="los casos, uno por línea")
    parser.add_argument("--predicciones", metavar="O.jsonl", help="dónde se escribe una predicción por línea")
    _model_choice(parser)
    _json(parser)
