"""Hooks of MkDocs: pages from outside docs/, links as the site has them, and scripts from this machine alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify

from tools.site.dialect import for_python_markdown
from tools.site.places import BESIDE_DOCS, RENAMED, ROOT, with_links

HERE: Final = Path(__file__).resolve().parent
SHIM: Final = ROOT / ".tools" / "site" / "node_modules" / "iframe-worker" / "shim" / "index.js"
"""With it the search works from files, too, where a browser starts no worker."""
PLACED: Final = {"assets/mesh.css": HERE / "mesh.css", "assets/iframe-worker.js": SHIM}

SEARCH: Final = '<div class="md-search" data-md-component="search" role="dialog"'
"""What the theme writes for the dialog of the search, without a name for screen readers."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Anchors are formed as GitHub forms them; every decision is in the navigation."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = slugify(case="lower")
    config.extra["polyfills"] = ["assets/iframe-worker.js"]
    decisions: list[Any] = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert config.nav
    config.nav.append({"Decisions": [f"decisions/{name}" for name in decisions]})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """The files of docs/, and what stands elsewhere in the repository."""
    index = files.get_file_from_path("README.md")
    assert index
    files.remove(index)
    for path in (*RENAMED, *BESIDE_DOCS):
        content = (ROOT / path).read_text("utf-8")
        files.append(File.generated(config, RENAMED.get(path, path), content=content))
    for place, source in PLACED.items():
        files.append(File.generated(config, place, content=source.read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001 (MkDocs names them)
    """The page for the site, and for Python-Markdown."""
    linked = with_links(markdown, page.file.src_uri, config.extra.get("repository") or "")
    return for_python_markdown(linked)


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:  # noqa: ARG001 (MkDocs names them)
    """The page with a name for the dialog of the search, which screen readers need."""
    assert SEARCH in output, f"{page.file.src_uri}: the theme has another search"
    return output.replace(SEARCH, f'{SEARCH} aria-label="Search"')


def on_post_build(*, config: MkDocsConfig) -> None:
    """No page for what is not found: its links begin at the root of a host, which files have not."""
    (Path(config.site_dir) / "404.html").unlink()
