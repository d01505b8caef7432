"""The text of a source, and what it states of itself: plain text, Markdown, HTML or a saved web page. Pure, but for the libraries of an extra.

Nothing is fetched: what a page refers to stays where it is.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable

from bot.draft.stated import Stated
from bot.errors import Fault, FileFaults
from bot.pack.folder import unfit
from bot.pack.metadata import authors_flaw, date_flaw, url_flaw

MOST_BYTES = 5_000_000  # of a source
MOST_CHARACTERS = 300_000  # of an article: some hundred pages
EXTRA = (
    "reading {what} needs an extra. Install it with pip install 'verbatim-bot[pages]', in a checkout with pip install -e '.[pages]'; "
    "or save the article as plain text, the headline on the first line and paragraphs apart by blank lines."
)
_HTML, _SAVED, _MARKDOWN = (".html", ".htm", ".xhtml"), (".mhtml", ".mht"), (".md", ".markdown")
_IS_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_FRONT = re.compile(r"---[ \t]*\r?\n(?P<lines>.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_FRONT_LINE = re.compile(r"^(?P<key>\w+):[ \t]*(?P<value>.+?)[ \t\r]*$", re.MULTILINE)
_BELOW = re.compile(r"[|>][+-]?\d?")  # that a value stands on the lines below


def article_text(data: bytes, name: str) -> tuple[bytes, Stated]:
    """The article of a source as the bytes of its text file, and what the page states. Plain text is left byte for byte as it is.

    `name` is the source's, for its kind and for faults. Raises FileFaults.
    """
    if len(data) > MOST_BYTES:
        raise _fault(name, f"is over {MOST_BYTES:,} bytes.", "give the article alone.")
    suffix = name[name.rfind(".") :].lower()
    if suffix in _SAVED:
        text, stated = _from_html(_html_of(data, name), name)
    elif suffix in _HTML or _IS_HTML.match(data[:4000].decode("utf-8", errors="ignore")):
        text, stated = _from_html(data, name)
    else:
        decoded = _decoded(data, name)
        if suffix not in _MARKDOWN:
            return _sized(data, decoded, name), Stated()
        text, stated = _from_markdown(decoded, name)
    if not text.strip():
        raise _fault(name, "no article was found in it.", "copy the article's text into a text file, and give that.")
    return _sized(text.encode("utf-8", errors="replace"), text, name), stated


def _sized(data: bytes, text: str, name: str) -> bytes:
    if len(text) > MOST_CHARACTERS:
        raise _fault(name, f"has over {MOST_CHARACTERS:,} characters.", "give one article, or split it.")
    return data


def _decoded(data: bytes, name: str) -> str:
    if flaw := unfit(data):
        raise _fault(name, *flaw)
    if b"\0" in data:
        raise _fault(name, "is no text.", "give plain text, Markdown or HTML.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _fault(name, f"is not UTF-8: byte {error.start} cannot be read.", "save the file as UTF-8.") from error


def _fault(name: str, what: str, fix: str) -> FileFaults:
    return FileFaults([Fault(name, 0, what, fix)])


# HTML


def _html_of(data: bytes, name: str) -> bytes:
    """The page of a web archive: its first part in HTML."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload
    raise _fault(name, "holds no HTML.", "save the page once more, as HTML.")


def _from_html(data: bytes, name: str) -> tuple[str, Stated]:
    try:
        import trafilatura
    except ImportError as error:
        raise _fault(name, "is HTML.", EXTRA.format(what="HTML")) from error
    try:
        found = trafilatura.bare_extraction(
            data, with_metadata=True, include_comments=False, deduplicate=False, date_extraction_params=_ONLY_STATED
        )
    except Exception as error:  # whatever a parser of hostile pages comes to, it is the page that cannot be read
        raise _fault(name, "cannot be read as HTML.", "copy the article's text into a text file, and give that.") from error
    if found is None:
        return "", Stated()
    values = found if isinstance(found, dict) else found.as_dict()
    title, text = _line(values.get("title")), str(values.get("text") or "")
    page = data.decode("utf-8", errors="replace")
    date, url, site = (_line(values.get(key)) for key in ("date", "url", "sitename"))
    authors = tuple(a for a in re.split(r"\s*;\s*", _line(values.get("author"))) if a)
    stated = Stated(
        title,
        date if date in page and not date_flaw(date) else "",  # else it was guessed
        authors if all(a in page for a in authors) and not authors_flaw(authors) else (),
        url if url in page and not url_flaw(url) else "",
        site if site in page and "." not in site else "",
    )
    return _headed(title, _paragraphs(text.split("\n"))), stated


_ONLY_STATED = {"extensive_search": False, "original_date": True}


def _line(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _paragraphs(lines: Iterable[str]) -> list[str]:
    """Lines as paragraphs; the items of a list, and the rows of a table, together."""
    found: list[str] = []
    before = ""
    for line in (one.strip() for one in lines):
        if not line:
            before = ""
            continue
        form = "item" if line.startswith("- ") else "row" if "|" in line else ""
        if form and form == before:
            found[-1] += f"\n{line}"
        else:
            found.append(line)
        before = form
    return found


def _headed(title: str, paragraphs: list[str]) -> str:
    """The paragraphs apart by blank lines, the title before them where they do not begin with it."""
    same = bool(paragraphs) and _form(paragraphs[0]) == _form(title)
    return "\n\n".join([*([title] if title and not same and paragraphs else []), *paragraphs]) + "\n" if paragraphs else ""


def _form(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


# Markdown


def _from_markdown(text: str, name: str) -> tuple[str, Stated]:
    try:
        from markdown_it import MarkdownIt
        from markdown_it.token import Token
    except ImportError as error:
        raise _fault(name, "is Markdown.", EXTRA.format(what="Markdown")) from error
    front = _FRONT.match(text)
    values = _front_matter(front["lines"]) if front else {}

    def words(token: Token) -> str:
        parts = []
        for child in token.children or ():
            parts.append(
                "\n"
                if child.type == "hardbreak"
                else " "
                if child.type == "softbreak"
                else ""
                if child.type in ("image", "html_inline")
                else child.content
            )
        return "".join(parts).strip()

    paragraphs: list[str] = []
    lists: list[str] = []  # the lists that are open: their bullet or, for numbers, ""
    numbers: list[int] = []
    row: list[str] | None = None
    before = ""
    for token in MarkdownIt("commonmark").enable("table").parse(text[front.end() :] if front else text):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append("-" if token.type.startswith("bullet") else "")
                numbers.append(int(token.attrGet("start") or 1))
                if len(lists) == 1:
                    before = ""
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
                numbers.pop()
            case "list_item_open":
                label = lists[-1] or f"{numbers[-1]}."
                numbers[-1] += 1
                paragraphs, before = _added(paragraphs, "  " * (len(lists) - 1) + label + " ", "item", before)
            case "tr_open":
                row = []
            case "tr_close":
                paragraphs, before = _added(paragraphs, "| " + " | ".join(row or []) + " |", "row", before)
                row = None
            case "inline" if row is not None:
                row.append(words(token))
            case "inline" if lists and paragraphs:
                paragraphs[-1] += ("" if paragraphs[-1].endswith(" ") else " ") + words(token)
            case "inline":
                paragraphs.append(words(token))
                before = ""
            case "fence" | "code_block":
                paragraphs.append(token.content.strip("\n"))
                before = ""
            case _:
                pass
    title, date, publisher = (" ".join(values.get(key, ())) for key in ("title", "date", "publisher"))
    authors = tuple(a for text in values.get("author", ()) for a in re.split(r"\s*(?:,| and )\s*", text) if a)
    date, url = date[:10], " ".join(values.get("url") or values.get("canonical") or ())
    stated = Stated(title, "" if date_flaw(date) else date, authors, "" if url_flaw(url) else url, publisher)
    return _headed(stated.title, [p.strip() for p in paragraphs if p.strip()]), stated


def _front_matter(lines: str) -> dict[str, tuple[str, ...]]:
    """The texts under each key that stand on its line, one or a list in square brackets; of one that stands below it, nothing."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _FRONT_LINE.finditer(lines):
        value = line["value"]
        texts = value[1:-1].split(",") if value[0] == "[" and value[-1] == "]" else [value]
        words = (" ".join(text.strip().strip("\"'").split()) for text in texts)
        found[line["key"].lower()] = () if _BELOW.fullmatch(value) else tuple(filter(None, words))
    return found


def _added(paragraphs: list[str], line: str, form: str, before: str) -> tuple[list[str], str]:
    """With a line more: of the same list or table as the one before it, or of a new one."""
    if form == before:
        return [*paragraphs[:-1], f"{paragraphs[-1].rstrip()}\n{line}"], form
    return [*paragraphs, line], form
