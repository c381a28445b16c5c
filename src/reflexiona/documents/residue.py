"""Lines that pages leave behind and nobody wrote: counters, buttons, forms, credits. Knows words, not layouts."""

from __future__ import annotations

import re

from reflexiona.documents.content import folded
from reflexiona.documents.dates import iso_date

_NET = (
    r"(?:facebook|twitter|x(?: \(twitter\))?|linkedin|whatsapp|telegram|pinterest|instagram|youtube|tiktok|reddit|"
    r"tumblr|pocket|threads|mastodon|bluesky|messenger|skype|flipboard|google\+?|rss|feed|e-?mail|"
    r"correo(?: electronico)?|imprimir|copiar(?: el)? enlace|copy link|enlace)"
)
_WRITING = (
    r"(?:entrada|entradas|articulo|articulos|post|posts|publicacion|publicaciones|nota|notas|historia|contenidos?)"
)
_ANYWHERE = (
    r"scroll (?:to top|up|down)|back to top|to top|(?:ir|volver) (?:arriba|al inicio|al principio)",
    r"(?:ir|saltar|skip) (?:al contenido|to (?:main )?content)(?: principal)?|toggle navigation|abrir (?:el )?menu|"
    r"cerrar (?:el )?menu",
    r"\d+ (?:comentarios?|comments?|respuestas?|replies|me gusta|likes?|compartid[oa]s?|shares?|visitas|views)"
    r"(?: (?:en|to|on) .{1,120})?",
    r"(?:sin|no hay|ningun|no) (?:comentarios?|comments?)(?: todavia| aun| yet)?(?: en .{1,120})?",
    r"(?:deja|dejar|escribe|anade|agrega|publica|publicar|leave)(?: un| una| tu| el| a)? "
    r"(?:comentario|respuesta|reply|comment)(?: para .{1,60})?|cancelar(?: la)? respuesta|cancel reply",
    r"tu (?:direccion de )?(?:correo|e-?mail)(?: electronico)? no (?:sera|se) publica.{0,120}",
    r"los campos (?:obligatorios|necesarios) (?:estan|se) marca.{0,40}|guarda(?:r)? mi nombre,.{0,120}",
    r"este sitio (?:web )?(?:usa|utiliza) akismet.{0,120}|aprende como se procesan los datos de tus comentarios.{0,20}",
    r"(?:haz clic|pulsa|click|clica) (?:para|to) (?:compartir|enviar|imprimir|share|email|print).{0,120}",
    rf"(?:compart\w+|share|tuite\w+|sigue(?:me|nos)|follow)(?: (?:esto|est[ae]|el|la|con|via|por|en|on|this|tus|"
    rf"amigos|redes|sociales|y|{_WRITING}|{_NET}))*",
    rf"{_NET}(?:(?:\s*[,·|/•\-]\s*|\s+|\s+y\s+){_NET})+",
    r"(?:me gusta|like)(?: esto| this)|cargando|loading",
    r"(?:este sitio(?: web)?|esta (?:web|pagina)|nosotros)? ?(?:usa(?:mos)?|utiliza(?:mos)?) cookies.{0,400}",
    r"(?:aceptar|rechazar|configurar|gestionar)(?: todas?| todo)?(?: las)? ?cookies.{0,60}",
    r"(?:funciona|creado|hecho|desarrollado) (?:con|gracias a|por) (?:wordpress|blogger|wix|ghost|jimdo).{0,40}"
    r"|(?:proudly )?powered by .{1,60}|just another wordpress site|con la tecnologia de (?:blogger|wordpress).{0,20}",
    r"lorem ipsum.*|hola,? mundo|hello,? world|titulo de la entrada|texto de ejemplo|anade aqui tu texto.{0,20}",
    r"\{\{.*\}\}|\{%.*%\}|<%.*%>|%%\w+%%|\[/?(?:caption|gallery|vc_\w+|et_pb_\w+|fusion_\w+|embed|contact-form-7|toc|"
    r"playlist|elementor-template|shortcode|sc|adrotate)\b[^\]]*\]",
)
_ON_PAGES = (
    r"comentarios?|comments?|responder|reply|publicar(?: el| un)? comentario|enviar comentario|post comment",
    r"(?:valora|puntua|vota|califica|rate)(?: este| esta| this)?.{0,30}|\d(?:[.,]\d)? ?/ ?5.{0,30}|(?:\d+ )?votos?",
    rf"(?:{_WRITING} )?(?:anterior|siguiente|previous|next)(?: {_WRITING})?(?:\s*:.{{0,140}})?",
    rf"(?:lee|leer|ver|ver mas|sigue|seguir|continua|continuar|mas|conoce)(?: (?:mas|tambien|leyendo|todo|todos|todas|"
    rf"{_WRITING}|informacion|de|del|el|la|los|las|sobre|blog|aqui))+|read more|leer|ver mas",
    rf"(?:lee|leer|ver|mira|te puede interesar|tambien te puede interesar|relacionado|{_WRITING} relacionad[oa]s?)"
    r"(?: tambien)?\s*:.{0,160}",
    r"\d+ ?(?:min|minutos?)\.?(?: de)?(?: (?:lectura|read))?|(?:tiempo (?:estimado )?de )?lectura(?: de)?\s*:? ?"
    r"\d+ ?min(?:utos?)?|.{0,40}\b\d+ min(?:utos?)? (?:de lectura|read)",
    r"(?:etiquetas?|tags?|categorias?|archivad[oa] en|publicad[oa] en|filed under|labels?|temas?)\s*:.{0,200}",
    r"(?:suscrib\w+|subscribe|unete|apuntate|registrate)\b.{0,120}|(?:quiero|si,) (?:suscribirme|recibir).{0,60}",
    r"(?:(?:mi|nuestr[oa]|el|la) )?(?:newsletter|boletin)(?: (?:semanal|mensual|grat\w+))?|recibe .{0,80}",
    r"(?:©|\(c\)|copyright\b).{0,160}|(?:.{0,120}\b)?todos los derechos reservados.{0,60}",
    r"aviso legal.{0,80}|politica de (?:cookies|privacidad).{0,80}",
    r"(?:he leido y )?acepto l[ao]s? (?:politica|terminos|condiciones|cookies).{0,100}",
    r"menu|buscar|search|inicio|home|contacto|cerrar|close|blog|saltar|anterior|siguiente|ocultar|mostrar|editar|edit",
    r"publicidad|anuncios?|advertisement|patrocinad[oa]|contenido patrocinado",
    r"ver (?:tod[oa]s )?(?:las|los|mas)? ?(?:entradas|articulos|posts) de .{1,60}|ver perfil.{0,30}|seguir",
    r"tabla de contenidos?|table of contents|indice|en este articulo|contenidos",
    r"nombre ?\*|correo electronico ?\*|e-?mail ?\*|web|comentario ?\*",
)
_ABOVE_IT = (
    r"(?:publicad[oa]|actualizad[oa]|escrit[oa]|ultima (?:actualizacion|modificacion)|posted|published|updated)"
    r"(?: (?:el|por|en|on|by|a las?))?\b.{0,90}",
    r"(?:por|by|autora?|author|texto|escribe|fotos?|imagen)\s*:.{0,60}|(?:por|by) [a-z .]{3,40}(?:[,|·•-].{0,60})?",
)
_COMMENTS = re.compile(
    r"(?:\d+ |un |una )?(?:comentarios?|comments?|respuestas?|responses?|opiniones|replies)(?: \(\d+\)|: \d+)?"
    r"(?: (?:en|a|to|on|de los lectores) .{1,160})?|(?:deja|dejar|escribe|leave)(?: un| una| tu| a)? "
    r"(?:comentario|respuesta|reply|comment).{0,60}|unete a la conversacion|que opinas\?? ?deja tu comentario"
)
_COUNTED_COMMENTS = re.compile(r"\d+ (?:comentarios?|comments?|respuestas?)(?: en .{1,160})?")
_NOT_OF_IT = re.compile(
    rf"(?:(?:{_WRITING}|noticias|temas|lecturas) )?(?:relacionad[oa]s?|recientes|populares|destacad[oa]s|similares|"
    r"recomendad[oa]s)|related(?: posts| articles)?|(?:quizas?|tambien|a lo mejor)? ?te p[ou](?:ede|dria)n? "
    rf"(?:interesar|gustar).{{0,30}}|(?:lo )?mas leid[oa]s?|sigue leyendo|otr[oa]s {_WRITING}.{{0,40}}|"
    r"(?:sobre|acerca d)e?l? ?(?:el |la |lo )?autora?|about the author|quien (?:soy|escribe)|sobre mi|"
    rf"ultim[oa]s {_WRITING}|categorias|etiquetas|suscrib\w+.{{0,60}}|(?:.{{0,40}}\b)?newsletter.{{0,40}}|"
    r"compart\w+(?: .{0,40})?|tabla de contenidos?|contenidos|indice(?: de contenidos)?|en este articulo|"
    r"archivo(?: del blog)?|siguenos.{0,40}"
)
_TRIM = " \t\n*_·•|»«›‹→←↑↓▲▼…:.!¡¿?-–—+#>\ufe0f"
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\ufe0f]")
_LONGEST = 400
_BYLINE = 12
"""Words."""
_LEFT = re.compile("|".join(f"(?:{pattern})" for pattern in _ANYWHERE))
_LEFT_ON_PAGES = re.compile("|".join(f"(?:{pattern})" for pattern in (*_ANYWHERE, *_ON_PAGES)))
_LEFT_ABOVE = re.compile("|".join(f"(?:{pattern})" for pattern in _ABOVE_IT))


def is_residue(line: str, *, web: bool) -> bool:
    """Whether a line was left behind by a page; in what is no page, only what can be nothing else."""
    bare = _bare(line)
    if not bare or bare.startswith("lorem ipsum"):
        return True
    return len(bare) <= _LONGEST and bool((_LEFT_ON_PAGES if web else _LEFT).fullmatch(bare))


def is_byline(line: str) -> bool:
    """Whether a line, between the title and the first sentence of a page, says who wrote it and when."""
    bare = _bare(line)
    if len(bare.split()) <= _BYLINE and iso_date(bare):
        return True
    return len(bare) <= _LONGEST and bool(_LEFT_ABOVE.fullmatch(bare))


def begins_comments(line: str, *, counted: bool = False) -> bool:
    """Whether the readers' comments begin below a line; `counted`: only where it says how many there are."""
    return bool((_COUNTED_COMMENTS if counted else _COMMENTS).fullmatch(_bare(line)))


def begins_something_else(line: str) -> bool:
    """Whether a heading stands above something that is no part of the article."""
    return bool(_NOT_OF_IT.fullmatch(_bare(line)))


def _bare(line: str) -> str:
    return " ".join(_EMOJI.sub(" ", folded(line)).split()).strip(_TRIM)
