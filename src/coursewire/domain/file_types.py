"""The media types of files, by the ends of their names, alike on every machine."""

import mimetypes

UNKNOWN = "application/octet-stream"

# What Python's own table lacks, or has differently from version to version. The machine's table
# (`/etc/mime.types`) is not asked: it is there on some, and not in our container.
_MORE = """
    7z    application/x-7z-compressed
    bz2   application/x-bzip2
    docx  application/vnd.openxmlformats-officedocument.wordprocessingml.document
    dotx  application/vnd.openxmlformats-officedocument.wordprocessingml.template
    epub  application/epub+zip
    gz    application/gzip
    ics   text/calendar
    js    text/javascript
    m4a   audio/mp4
    m4v   video/mp4
    md    text/markdown
    odg   application/vnd.oasis.opendocument.graphics
    odp   application/vnd.oasis.opendocument.presentation
    ods   application/vnd.oasis.opendocument.spreadsheet
    odt   application/vnd.oasis.opendocument.text
    oga   audio/ogg
    ogg   audio/ogg
    ogv   video/ogg
    potx  application/vnd.openxmlformats-officedocument.presentationml.template
    ppsx  application/vnd.openxmlformats-officedocument.presentationml.slideshow
    pptx  application/vnd.openxmlformats-officedocument.presentationml.presentation
    rar   application/vnd.rar
    rtf   application/rtf
    tex   text/x-tex
    tgz   application/gzip
    vcf   text/vcard
    webp  image/webp
    woff2 font/woff2
    xlsx  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
    xltx  application/vnd.openxmlformats-officedocument.spreadsheetml.template
    xml   application/xml
    xz    application/x-xz
"""
_WORDS = _MORE.split()
_BY_END: dict[str, str] = dict(zip(_WORDS[::2], _WORDS[1::2], strict=True))
# One of our own is filled from Python's table alone.
_PYTHONS = mimetypes.MimeTypes()


def of_name(filename: str) -> str:
    """Return the media type that the end of a name suggests."""
    _, point, end = filename.rpartition(".")
    if not point:
        return UNKNOWN
    # Only the last end counts: a compressed text is no text.
    kind, packed = _PYTHONS.guess_type(f"file.{end}", strict=False)
    return _BY_END.get(end.lower()) or (kind if kind and not packed else UNKNOWN)
