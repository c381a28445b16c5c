"""Words that people look for a command by and that its title does not have. The palette finds them and shows none."""

from __future__ import annotations

from types import MappingProxyType

_WORDS = MappingProxyType(
    {
        "editor": "vim vi nano emacs micro externo aparte archivo largo",
        "new": "caso nuevo otro otra empezar comenzar",
        "off_record": "privada privado incógnito secreta anónima",
        "cases": "conversaciones anteriores historial lista abrir chats",
        "search": "encontrar historial conversaciones",
        "find": "encontrar palabra aquí",
        "guide": "fuentes citas panel lateral",
        "library": "biblioteca librería documentos míos propios consejos textos leyes",
        "add_document": "añadir subir cargar incorporar documentos pdf word docx archivo contrato papeles",
        "help_lines": "línea líneas número emergencias crisis suicidio violencia llamar urgencia socorro",
        "copy": "portapapeles pegar",
        "message": "correo whatsapp wasap email mail carta llamada guion redactar responder tono trato borrador",
        "copy_message": "correo whatsapp portapapeles borrador",
        "export": "guardar archivo descargar imprimir compartir sacar md",
        "export_redacted": "anónimo anonimizar tachar compartir privado privacidad personales",
        "retake": "continuar seguir reanudar",
        "edit": "editar corregir modificar mensaje mío",
        "regenerate": "regenerar repetir reintentar volver a responder de nuevo",
        "plan": "pasos tareas pendientes siguientes hacer",
        "step_add": "tarea agregar apuntar anotar",
        "step_edit": "editar tarea",
        "step_date": "día plazo recordar calendario tarea",
        "step_remove": "eliminar borrar tarea",
        "step_up": "mover ordenar",
        "step_down": "mover ordenar",
        "rename": "renombrar nombre",
        "delete": "eliminar conversación quitar tirar suprimir papelera",
        "undo": "recuperar restaurar devolver papelera",
        "import_case": "traer cargar abrir archivo markdown md restaurar",
        "cancel": "parar cancelar interrumpir",
        "models": "instalar ia inteligencia artificial llm gguf",
        "settings": "configuración preferencias opciones país tú vos usted ratón",
        "keyboard": "tildes eñe ñ diagnóstico",
        "help": "atajos teclas comandos manual cómo funciona privacidad datos",
        "quit": "cerrar terminar",
        "theme": "colores aspecto apariencia",
    }
)


def other_words(command: str) -> str:
    """The other words of a command by its id, or of the themes; empty: there are none."""
    return _WORDS.get(command, "")
