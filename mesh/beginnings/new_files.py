"""New files of a beginning: texts by their paths in the mesh folder, and the template that each came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mesh.beginnings.question import Ground


@dataclass(frozen=True, slots=True)
class NewFiles:
    """Texts of files by path, `../pipelines/…` for scripts beside the mesh folder.

    `templates` has the paths of the templates that wrote in each; `products` are those whose locks change; `remarks`
    are sentences for the person who answered.
    """

    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    templates: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    products: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def with_file(self, file: str, text: str, *templates: str) -> NewFiles:
        """These files and one more, or another text of one."""
        sources = (*self.templates.get(file, ()), *templates)
        return replace(self, texts={**self.texts, file: text}, templates={**self.templates, file: sources})

    def with_product(self, product: str) -> NewFiles:
        """These files, with a product whose lock is written."""
        return replace(self, products=(*self.products, product))

    def with_remarks(self, *remarks: str) -> NewFiles:
        """These files, with more to say."""
        return replace(self, remarks=(*self.remarks, *remarks))

    def text_of(self, ground: Ground, file: str) -> str:
        """The text of a file that has to be there, with what is new in it."""
        return self.texts[file] if file in self.texts else ground.text(file)
