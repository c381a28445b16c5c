"""The person's files as text: pages without what surrounds an article, papers, encodings; and whatever is refused."""

import codecs
import os
import sys
from pathlib import Path

import pytest

from reflexiona.documents.content import LARGEST_FILE, UnreadableError
from reflexiona.documents.dates import date_above, iso_date, metadata_date
from reflexiona.documents.reader import DocumentReader
from reflexiona.documents.reading import ReadDocument, read_document
from reflexiona.documents.residue import is_residue
from tests.support.papers import W, locked, paragraph, pdf, table, write_docx

HERE = Path(__file__).parent
PAGES = sorted((HERE / "data" / "paginas").glob("*.html"))
TERMS = [
    [
        "Condiciones de trabajo",
        "Estas condiciones valen para todos los encargos de diseño que se acepten por co-",
        "rreo. Si algo no está aquí, manda lo que se haya escrito en el presupuesto.",
        "Rondas de cambios",
        "Cada propuesta incluye dos rondas. La tercera se cobra aparte, a 60 € la ronda, y se",
        "presupuesta antes de empezar.",
        "• Una ronda es una lista única.",
        "• Se envía por correo y de una vez, aunque sea larga y tenga muchos puntos que",
        "ocupan dos renglones.",
        *("Estudio Ana · 2026", "Página 1 de 3"),
    ],
    ["Entrega", "Los editables no se entregan, salvo que se hayan contratado.", "Estudio Ana · 2026", "Página 2 de 3"],
    ["Cancelación", "El anticipo no se devuelve.", "Estudio Ana · 2026", "Página 3 de 3"],
]


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refused(path: Path) -> str:
    with pytest.raises(UnreadableError) as caught:
        read_document(path)
    assert caught.value.message[0].islower()
    assert caught.value.message.endswith(".")
    return caught.value.message


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_comes_in_clean(page: Path) -> None:
    read = read_document(page)
    golden = (HERE / "golden" / "paginas" / f"{page.stem}.md").read_text(encoding="utf-8")
    assert f"título: {read.title}\nfecha: {read.date}\n\n{read.text}" == golden


def test_there_are_five_pages() -> None:
    assert len(PAGES) == 5


def test_a_tag_that_is_never_closed_costs_no_article(tmp_path: Path) -> None:
    story = "<p>El cliente pidió otra ronda de cambios y nadie habló de precio hasta que llegó la factura.</p>" * 4
    page = f'<html><body><div class="related-posts"><h1>Sobre las rondas</h1>{story}</body></html>'
    read = read_document(written(tmp_path, "p.html", page))
    assert read.title == "Sobre las rondas"
    assert read.text.count("nadie habló de precio") == 4


@pytest.mark.parametrize(
    "line",
    [
        *("Scroll to top", "↑ Volver arriba", "Saltar al contenido", "12 comentarios", "3 comentarios en «Cobrar»"),
        *("Compartir en Facebook", "Comparte esto:", "Facebook · X · WhatsApp", "Deja una respuesta", "Me gusta esto:"),
        *("Tu dirección de correo electrónico no será publicada. Los campos obligatorios están marcados con *",),
        *("Usamos cookies para mejorar tu experiencia.", "Aceptar todas las cookies", "Funciona con WordPress"),
        *("Lorem ipsum dolor sit amet, consectetur adipiscing elit.", "{{ titulo }}", '[caption id="x" width="3"]'),
    ],
)
def test_residue_is_residue_wherever_it_stands(line: str) -> None:
    assert is_residue(line, web=True)
    assert is_residue(line, web=False)


@pytest.mark.parametrize(
    "line",
    [
        "El anticipo es del 50 %.",
        "Comparto mis tarifas con quien las pida.",
        "450 €",
        "Dos rondas de cambios, y la tercera se cobra",
        "[nombre], te escribo por la factura",
        "Los comentarios del cliente llegaron tarde",
        "Responder los correos de nueve a once",
    ],
)
def test_what_somebody_wrote_is_none(line: str) -> None:
    assert not is_residue(line, web=False)
    assert not is_residue(line, web=True)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2024-03-12T10:00:00Z", "2024-03-12"),
        ("Bogotá, 3 de mayo de 2024", "2024-05-03"),
        ("1.º de septiembre del 2023", "2023-09-01"),
        ("marzo 5, 2025", "2025-03-05"),
        ("12/03/2024", "2024-03-12"),
        ("6 sept. 2022", "2022-09-06"),
        ("el 31 de febrero de 2024", ""),
        ("Factura 2024-118", ""),
        ("hace tres meses", ""),
    ],
)
def test_dates(text: str, date: str) -> None:
    assert iso_date(text) == date


def test_a_date_within_a_story_is_not_the_documents() -> None:
    story = "El 3 de mayo de 2024 firmé con una panadería y desde entonces no he cobrado ni la mitad de lo acordado."
    assert date_above([story]) == ""
    assert date_above(["Notas", "Lima, 4 de junio de 2024", story]) == "2024-06-04"
    assert metadata_date("D:20240312101500+01'00'") == "2024-03-12"


def test_markdown(tmp_path: Path) -> None:
    source = (
        '---\ntitle: "Mis tarifas"\nfecha: 12/03/2026\nid: impago-ultimo-aviso\n---\n# Mis tarifas\n\nSe revisan en '
        "enero,\n[aquí](http://x.invalid).\n\nIdentidad\n---------\n\n| Qué | Precio |\n|---|---:|\n| Logo | 450 € |\n"
        "\n* uno\n* dos\n\n<!-- nota -->![foto](x.png)\n\n```\nHola, [nombre]:\n```\n\n12 comentarios\n"
    )
    read = read_document(written(tmp_path, "Tarifas.md", source))
    assert (read.title, read.date) == ("Mis tarifas", "2026-03-12")
    assert read.text == (
        "Se revisan en enero,\naquí.\n\n## Identidad\n\n- Qué · Precio\n- Logo · 450 €\n- uno\n- dos\n\n"
        "Hola, [nombre]:\n"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = "Señales de aviso\n\n1. El cliente pagará mañana.\n2. Según él, «ya».\n"
    read = read_document(written(tmp_path, "x.txt", text.encode(encoding)))
    assert read == ReadDocument("Señales de aviso", "", "- El cliente pagará mañana.\n- Según él, «ya».\n", read.sha256)


def test_a_file_without_a_title_is_called_as_its_file(tmp_path: Path) -> None:
    assert read_document(written(tmp_path, "notas_de-obra.txt", "Una sola frase, con punto.")).title == "Notas de obra"


def test_word(tmp_path: Path) -> None:
    tracked = (
        '<w:p><w:r><w:t xml:space="preserve">Se pagan </w:t></w:r><w:ins w:id="1"><w:r><w:t>900 €</w:t></w:r></w:ins>'
        '<w:del w:id="2"><w:r><w:delText>800 €</w:delText></w:r></w:del><w:r><w:t>.</w:t></w:r></w:p>'
    )
    figures = table([["Plazo", "Importe"], ["Marzo", "450 €"]])
    body = paragraph("Contrato de rótulos", "Heading1") + paragraph("Objeto", "Heading2") + tracked + figures
    read = read_document(write_docx(tmp_path / "c.docx", body, title="Plantilla 3", date="2026-03-04"))
    assert (read.title, read.date) == ("Contrato de rótulos", "2026-03-04")
    assert read.text == "## Objeto\n\nSe pagan 900 €.\n\n- Plazo · Importe\n- Marzo · 450 €\n"


def test_pdf(tmp_path: Path) -> None:
    read = read_document(written(tmp_path, "c.pdf", pdf(TERMS, title="Condiciones (2026)", date="2026-02-01")))
    assert (read.title, read.date) == ("Condiciones (2026)", "2026-02-01")
    assert read.text == (
        "## Condiciones de trabajo\n\nEstas condiciones valen para todos los encargos de diseño que se acepten por "
        "correo. Si algo no está aquí, manda lo que se haya escrito en el presupuesto.\n\n## Rondas de cambios\n\nCada "
        "propuesta incluye dos rondas. La tercera se cobra aparte, a 60 € la ronda, y se presupuesta antes de empezar."
        "\n\n- Una ronda es una lista única.\n- Se envía por correo y de una vez, aunque sea larga y tenga muchos "
        "puntos que ocupan dos renglones.\n\n## Entrega\n\nLos editables no se entregan, salvo que se hayan contratado."
        "\n\n## Cancelación\n\nEl anticipo no se devuelve.\n"
    )


def test_a_pdf_that_only_may_not_be_printed_is_read(tmp_path: Path) -> None:
    assert "dos rondas" in read_document(written(tmp_path, "c.pdf", locked(pdf(TERMS), ""))).text


def test_papers_that_hold_no_text_for_us(tmp_path: Path) -> None:
    assert "contraseña" in refused(written(tmp_path, "c.pdf", locked(pdf(TERMS), "secreto")))
    assert "escaneo" in refused(written(tmp_path, "i.pdf", pdf([[], []])))
    assert "dañado" in refused(written(tmp_path, "r.pdf", pdf(TERMS)[:300]))
    assert "no es un PDF" in refused(written(tmp_path, "t.pdf", "texto"))
    assert "Word antiguo" in refused(written(tmp_path, "v.docx", b"\xd0\xcf\x11\xe0" + bytes(600)))
    assert "documento de Word" in refused(written(tmp_path, "t.docx", "texto"))
    assert "no se lee" in refused(written(tmp_path, "h.xlsx", "texto"))
    assert "vacío" in refused(written(tmp_path, "v.txt", ""))
    assert "ningún texto" in refused(written(tmp_path, "b.md", "\n \n***\n"))
    assert "no existe" in refused(tmp_path / "nada.md")


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    assert "descomprimirlo" in refused(write_docx(tmp_path / "a.docx", b" " * 40_000_000))
    many = {f"word/x{n}.xml": b"" for n in range(4_100)}
    assert "descomprimirlo" in refused(write_docx(tmp_path / "b.docx", paragraph("hola"), parts=many))


def test_entities_lead_nowhere(tmp_path: Path) -> None:
    secret = written(tmp_path, "secreto.txt", "no debe salir")
    tenfold = "".join(
        f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in zip("abcdefghi", "bcdefghij", strict=True)
    )
    outside = f'<!ENTITY z SYSTEM "{secret.as_uri()}">'
    for name in ("j", "z"):
        document = (
            f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">{tenfold}{outside}]><w:document {W}><w:body>'
            f"{paragraph(f'Hola &{name}; mundo')}</w:body></w:document>"
        )
        path = write_docx(tmp_path / f"{name}.docx", document.encode())
        try:
            text = read_document(path).text
        except UnreadableError:
            continue
        assert text == "Hola mundo\n"


def test_hostile_depths(tmp_path: Path) -> None:
    deep = "<html><body><p>hola</p>" + "<div>" * 100_000 + "fondo" + "</div>" * 100_000
    assert "unas dentro de otras" in refused(written(tmp_path, "h.html", deep))
    body = "<w:sdt><w:sdtContent>" * 20_000 + paragraph("hola") + "</w:sdtContent></w:sdt>" * 20_000
    assert "no es un documento de Word" in refused(write_docx(tmp_path / "h.docx", body))


def test_hostile_sizes(tmp_path: Path) -> None:
    path = written(tmp_path, "g.pdf", b"%PDF-1.4\n")
    os.truncate(path, 200_000_000)
    assert f"{LARGEST_FILE // 1_000_000} MB" in refused(path)
    assert "demasiado largo" in refused(written(tmp_path, "l.txt", "palabra " * 400_000))
    assert "no es un archivo de texto" in refused(written(tmp_path, "b.txt", bytes(range(256)) * 40))
    os.mkfifo(tmp_path / "tubo.txt")
    assert "normal" in refused(tmp_path / "tubo.txt")
    (tmp_path / "cero.txt").symlink_to("/dev/zero")
    assert "normal" in refused(tmp_path / "cero.txt")


def test_nothing_that_a_terminal_obeys_comes_through(tmp_path: Path) -> None:
    source = (
        "Hola\x1b[31m rojo\x07 y \u202edro\x00 oculto\u200b.\x1b]0;título\x07\n\nAnticipo\u00a0del\u200950 %.\u2028Sí."
    )
    assert (
        read_document(written(tmp_path, "c.txt", source)).text == "Hola rojo y dro oculto.\n\nAnticipo del 50 %.\nSí.\n"
    )


def test_reading_happens_elsewhere_and_outlives_a_bad_file(tmp_path: Path) -> None:
    good = written(tmp_path, "bueno.md", "# Uno\n\nDos.")
    odd = tmp_path / os.fsdecode(b"ca\xf1on.md")
    odd.write_bytes(good.read_bytes())
    with DocumentReader() as reader:
        assert reader.read(good).text == "Dos.\n"
        with pytest.raises(UnreadableError, match="dañado"):
            reader.read(written(tmp_path, "r.pdf", pdf(TERMS)[:300]))
        assert reader.read(odd).title == "Uno"


@pytest.mark.parametrize(
    ("code", "said"),
    [("import time; time.sleep(60)", "tarda más"), ("import os; os.abort()", "dañado"), ("print('hola')", "dañado")],
)
def test_a_file_that_brings_its_reader_down(tmp_path: Path, code: str, said: str) -> None:
    with DocumentReader(0.5, [sys.executable, "-c", code]) as reader, pytest.raises(UnreadableError, match=said):
        reader.read(written(tmp_path, "x.md", "hola"))


def test_every_codec_of_a_page_that_lies(tmp_path: Path) -> None:
    for name in ("utf-7", "rot13", "nada", "idna"):
        page = codecs.encode(
            f'<meta charset="{name}"><p>Señales: el cliente no paga desde hace tres meses.</p>', "cp1252"
        )
        assert read_document(written(tmp_path, "p.html", page)).text.startswith("Señales: el cliente")
