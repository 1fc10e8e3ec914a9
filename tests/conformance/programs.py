"""The programs that both engines run: each is a name, what exists before, and its runs one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal

import pulumi

from tests.sandbox.engine.engine_harness import PREFIX, THING, Account, Product, Thing, on

REGION: Final = "aws:index/getRegion:getRegion"
Declare = Callable[[], Any]
Verb = Literal["up", "refresh", "destroy"]


@dataclass(frozen=True, slots=True)
class Run:
    """A run over the program's own stack, unless another one is named."""

    declare: Declare
    preview: bool = False
    stack: str = ""
    verb: Verb = "up"
    """`refresh` and `destroy` need no program."""
    before: Callable[[dict[str, Any]], None] | None = None
    """A change by hand of the things that exist, before the run."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the table: its runs, one after the other, over one cloud."""

    name: str
    runs: tuple[Run, ...]
    things: Mapping[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """The things that exist before the first run, by id."""
    takes_secrets: bool = True
    answers_diffs: bool = True
    default_providers: bool = False


def up(declare: Declare, stack: str = "") -> Run:
    """An update."""
    return Run(declare, stack=stack)


def preview(declare: Declare) -> Run:
    """A preview."""
    return Run(declare, preview=True)


def both(declare: Declare) -> tuple[Run, Run]:
    """A preview, and the update that it previews."""
    return preview(declare), up(declare)


def refresh(before: Callable[[dict[str, Any]], None] | None = None) -> Run:
    """A refresh, after a change by hand."""
    return Run(nothing, verb="refresh", before=before)


def destroy(preview: bool = False) -> Run:
    """A deletion of everything in the state."""
    return Run(nothing, preview=preview, verb="destroy")


# Parts of programs


def nothing() -> None:
    """No resource at all."""


def account() -> None:
    """The provider alone."""
    Account()


def one(name: str = "x", options: dict[str, Any] | None = None, **props: Any) -> Declare:
    """One thing."""
    return lambda: Thing(name, on(Account(), **(options or {})), **props) and None


def pair(dependent: str = "source", options: dict[str, Any] | None = None, **props: Any) -> Declare:
    """Two things: `leaf` takes a property from `root`, and the stack exports it."""

    def declare() -> None:
        provider = Account()
        root = Thing("root", on(provider, **(options or {})), **props)
        leaf = Thing("leaf", on(provider), **{dependent: root.arn})
        pulumi.export("leaf", leaf.arn)

    return declare


def chain(**failing: Any) -> Declare:
    """Three things: `a`, then `b` with these properties, then `c`."""

    def declare() -> None:
        provider = Account()
        a = Thing("a", on(provider))
        b = Thing("b", on(provider), source=a.arn, **failing)
        Thing("c", on(provider), source=b.arn)

    return declare


def product(name: str = "p", **options: Any) -> Declare:
    """A component with a child."""
    return lambda: Product(name, pulumi.ResourceOptions(providers=[Account()], **options), data={"size": 1}) and None


def loose(**options: Any) -> None:
    """The same child, outside of its component."""
    provider = Account()
    parent = Product("p", pulumi.ResourceOptions(providers=[provider]))
    Thing("p-data", on(provider, aliases=[pulumi.Alias(parent=parent)], **options), size=1)


def moved(alias: bool) -> None:
    """A thing that now has a parent."""
    parent = Product("p", pulumi.ResourceOptions(providers=[Account()]))
    old = [pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)] if alias else []
    Thing("x", pulumi.ResourceOptions(parent=parent, aliases=old), size=1)


def triggered(trigger: str) -> None:
    """A replacement that the program asks for, and one that goes along."""
    provider = Account()
    root = Thing("root", on(provider, replacement_trigger=trigger))
    Thing("leaf", on(provider, replace_with=[root], depends_on=[root]))


def drift(things: dict[str, Any]) -> None:
    """A change by hand of the leaf."""
    things["leaf-1"]["title"] = "by hand"


def loss(things: dict[str, Any]) -> None:
    """A deletion by hand of the leaf."""
    del things["leaf-1"]


def several() -> None:
    """Three things of which one is protected, and nothing depends on that."""
    provider = Account()
    Thing("kept", on(provider, protect=True))
    first = Thing("a", on(provider))
    Thing("b", on(provider), source=first.arn)


def under_protection() -> None:
    """A protected child of a component, made from something that is not protected."""
    provider = Account()
    source, other = Thing("source", on(provider)), Thing("other", on(provider))
    parent = Product("p", pulumi.ResourceOptions(providers=[provider]), data={})
    Thing("kept", pulumi.ResourceOptions(parent=parent, protect=True, depends_on=[other]), source=source.arn)


def twice_aliased() -> None:
    """Two resources that both say they are `old`."""
    provider = Account()
    first = Thing("a", on(provider, aliases=[pulumi.Alias(name="old")]))
    Thing("b", on(provider, aliases=[pulumi.Alias(name="old")], depends_on=[first]))


def twice_named() -> None:
    """Two resources of one name."""
    provider = Account()
    first = Thing("x", on(provider))
    Thing("x", on(provider, depends_on=[first]))


def bucket_and_object() -> None:
    """An object that goes with its bucket."""
    provider = Account()
    bucket = Thing("bucket", on(provider))
    Thing("object", on(provider, deleted_with=bucket, depends_on=[bucket]))


def ordered() -> None:
    """An order that no value gives."""
    provider = Account()
    late = Thing("z-first", on(provider))
    component = Product("p", pulumi.ResourceOptions(providers=[provider], depends_on=[late]), data={})
    Thing("a-last", on(provider, depends_on=[component]))


class Labelled(pulumi.ComponentResource):
    """A component with an input."""

    def __init__(self, label: str) -> None:
        super().__init__("mesh:aws:Labelled", "l", {"label": label})
        self.register_outputs({"label": label, "nested": {"list": [label]}})


def nested() -> None:
    """Providers handed down by components, one of which has its own."""
    provider, other = Account(), Account("other", region="eu-north-1")
    outer = Product("outer", pulumi.ResourceOptions(providers={"aws": provider}), data={})
    inner = Product("inner", pulumi.ResourceOptions(parent=outer), data={})
    Product("abroad", pulumi.ResourceOptions(parent=inner, providers=[other]), data={})
    Thing("own", pulumi.ResourceOptions(parent=inner, provider=other))


def configured(**props: Any) -> Declare:
    """A thing under a provider with these settings."""
    return lambda: Thing("x", on(Account(**props)), size=1) and None


def member() -> None:
    """A provider whose settings only the update knows."""
    role = Thing("role", on(Account("management")))
    Thing("bucket", on(Account("member", role=role.arn)), title="data")


def secret(value: str = "hush") -> None:
    """Secrets at several depths, and as outputs."""
    hidden = pulumi.Output.secret(value)
    provider = Account()
    thing = Thing("safe", on(provider), password=hidden, nested={"key": hidden, "open": 1}, items=["a", hidden])
    Thing("copy", on(provider), password=thing.arn.apply(lambda _: hidden))
    pulumi.export("secret", hidden)
    pulumi.export("open", thing.arn)


def secret_output() -> None:
    """An output that the program declares secret."""
    provider = Account()
    thing = Thing("x", on(provider, additional_secret_outputs=["arn"]))
    Thing("leaf", on(provider), source=thing.arn)
    pulumi.export("arn", thing.arn)


def producer() -> None:
    """Outputs for another stack."""
    pulumi.export("arn", Thing("shared", on(Account())).arn)
    pulumi.export("list", [1, {"a": True}])
    pulumi.export("password", pulumi.Output.secret("hush"))


def consumer() -> None:
    """Reads the other stack."""
    other = pulumi.StackReference("producer", stack_name="organization/mesh/producer")
    Thing("x", on(Account()), source=other.require_output("arn"), password=other.get_output("password"))
    pulumi.export("list", other.get_output("list"))


def lost() -> None:
    """Reads a stack that does not exist."""
    pulumi.StackReference("nobody", stack_name="organization/mesh/nobody")


def transformed() -> None:
    """A transform of the stack's, of a component's and of the resource's own."""

    def tagged(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        tags = [*(args.props.get("tags") or []), args.name] if args.custom and "aws:test" in args.type_ else None
        props = {**args.props, "tags": tags} if tags else args.props
        return pulumi.ResourceTransformResult(props=props, opts=args.opts)

    def protected(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
        return pulumi.ResourceTransformResult(props=args.props, opts=options)

    pulumi.runtime.register_resource_transform(tagged)
    provider = Account()
    parent = Product("p", pulumi.ResourceOptions(providers=[provider], transforms=[tagged]), data={})
    Thing("x", pulumi.ResourceOptions(parent=parent, provider=provider, transforms=[protected]), size=1)


def invoking(**args: Any) -> Declare:
    """A function of the provider, called both ways."""

    def declare() -> None:
        provider = Account()
        direct = pulumi.runtime.invoke(REGION, args, pulumi.InvokeOptions(provider=provider))
        pulumi.export("direct", direct.value)
        thing = Thing("x", on(provider))
        options = pulumi.InvokeOutputOptions(provider=provider, depends_on=[thing])
        pulumi.export("late", pulumi.runtime.invoke_output(REGION, {"of": thing.arn}, options))

    return declare


def forgiving() -> None:
    """Lives with a function that fails."""
    try:
        pulumi.runtime.invoke(REGION, {"fail": True}, pulumi.InvokeOptions(provider=Account()))
    except Exception as error:  # noqa: BLE001 - the SDK raises nothing narrower
        pulumi.export("caught", "no such thing" in str(error))


def without_provider(version: str = "") -> Declare:
    """A thing without an explicit provider."""
    return lambda: Thing("bare", pulumi.ResourceOptions(version=version or None)) and None


def holding() -> None:
    """A resource as the value of a property."""
    provider = Account()
    held = Thing("held", on(provider))
    Thing("holder", on(provider), held=held, several=[held])


def hooked(fails: str = "") -> Declare:
    """Hooks, one of which may fail."""

    def listener(kind: str) -> pulumi.ResourceHook:
        def hear(args: pulumi.ResourceHookArgs) -> None:
            if kind == fails:
                raise LookupError(f"{kind} went wrong")

        return pulumi.ResourceHook(kind, hear)

    def declare() -> None:
        hooks = {kind: [listener(kind)] for kind in ("before_create", "after_create")}
        Thing("x", on(Account(), hooks=pulumi.ResourceHookBinding(**hooks)))

    return declare


FOUND: Final = {"found": {"size": 1, "defaulted": True, "arn": "arn:found"}}
ALIAS: Final = {"aliases": [pulumi.Alias(name="old")]}
PROTECT: Final = {"protect": True}


def _program(name: str, *runs: Run, **rest: Any) -> Program:
    return Program(name, runs, **rest)


def _changes() -> Iterable[Program]:
    yield _program("first-up-and-no-change", *both(pair()), *both(pair()))
    yield _program("update", up(pair(size=1)), *both(pair(size=2)))
    yield _program("update-without-diff", up(one(size=1)), up(one(size=1)), *both(one(size=2)), answers_diffs=False)
    yield _program("property-removed", up(one(size=1, title="t")), *both(one(size=1)))
    yield _program("resource-removed", up(pair()), *both(account), up(nothing))
    yield _program("replace", up(pair(fixed="a")), *both(pair(fixed="b")))
    yield _program("replace-and-dependent", up(pair("fixed", fixed="a")), *both(pair("fixed", fixed="b")))
    yield _program("delete-before-replace", up(pair("fixed", unique="a")), *both(pair("fixed", unique="b")))
    yield _program("delete-before-replace-update", up(pair(unique="a")), *both(pair(unique="b")))
    first, last = {"delete_before_replace": True}, {"delete_before_replace": False}
    yield _program(
        "delete-before-replace-wanted", up(one(options=first, fixed="a")), *both(one(options=first, fixed="b"))
    )
    yield _program(
        "delete-before-replace-unwanted", up(one(options=last, unique="a")), up(one(options=last, unique="b"))
    )
    yield _program("dependent-removed-meanwhile", up(pair("fixed", unique="a")), *both(one("root", unique="b")))
    forced = {"replace_on_changes": ["size"]}
    yield _program("replace-on-changes", up(one(options=forced, size=1)), *both(one(options=forced, size=2)))
    yield _program("replacement-trigger", *(up(partial(triggered, trigger)) for trigger in ("1", "1", "2")))
    ignored = {"ignore_changes": ["tags.owner"]}
    yield _program(
        "ignore-changes",
        up(one(tags={"owner": "a"})),
        *both(one(options=ignored, tags={"owner": "b", "more": "c"})),
        up(one(tags={"owner": "b"})),
    )
    yield _program("rename", up(one("old")), *both(one("new")))
    yield _program("rename-with-alias", up(pair()), up(one("old")), *both(one("new", ALIAS)), up(one("new")))
    yield _program("alias-by-urn", up(one("old")), up(one("new", {"aliases": [_urn("alias-by-urn", "old")]})))
    yield _program("alias-claimed-twice", up(one("old")), up(twice_aliased))
    yield _program("parent-renamed", up(product("old")), *both(product("new", **ALIAS)))
    yield _program("moved-out-of-a-parent", up(product()), *both(loose))
    yield _program("moved-under-a-parent", up(one(size=1)), *both(partial(moved, True)))
    yield _program("moved-without-an-alias", up(one(size=1)), up(partial(moved, False)))
    yield _program("protect-refuses-delete", up(one(options=PROTECT)), *both(account), up(one()), up(account))
    yield _program(
        "protect-refuses-replace", up(one(options=PROTECT, fixed="a")), *both(one(options=PROTECT, fixed="b"))
    )
    yield _program("protect-from-the-parent", up(product(protect=True)), up(product()), up(account))
    yield _program("retain-on-delete", up(one(options={"retain_on_delete": True})), *both(account))
    yield _program("deleted-with", up(bucket_and_object), *both(account))
    yield _program("depends-on", *both(ordered), *both(account))

    yield _program("refresh-without-drift", up(pair(size=1)), refresh(), *both(pair(size=1)))
    yield _program("refresh-finds-drift", up(pair()), refresh(drift), *both(pair()))
    yield _program("refresh-finds-a-loss", up(pair()), refresh(loss), *both(pair()))
    yield _program("refresh-in-a-component", up(product()), refresh(), up(product()))
    yield _program("refresh-of-nothing-that-is-managed", up(one(options={"id": "found"})), refresh(), things=FOUND)
    yield _program("destroy", up(pair("fixed", fixed="a")), destroy(preview=True), destroy(), up(pair()))
    yield _program("destroy-of-a-component", up(product()), destroy())
    yield _program("destroy-refused-by-protection", up(one(options=PROTECT)), destroy(preview=True), destroy())
    yield _program("destroy-refused-for-one-of-several", up(several), destroy(preview=True), destroy())
    yield _program("protect-refuses-one-delete-of-several", up(several), *both(account))
    yield _program("protect-keeps-what-it-needs", up(under_protection), *both(nothing), destroy())
    yield _program("destroy-that-fails", up(chain(fail="Delete")), destroy())


def _values() -> Iterable[Program]:
    yield _program(
        "component-outputs", *both(partial(Labelled, "a")), up(partial(Labelled, "a")), *both(partial(Labelled, "b"))
    )
    yield _program("provider-inheritance", *both(nested))
    yield _program("provider-replaced", up(configured()), *both(configured(region="eu-north-1")))
    yield _program("provider-updated", up(configured(profile="a")), *both(configured(profile="b")))
    yield _program("provider-unknown-in-preview", *both(member))
    yield _program("provider-refused", preview(configured(region="nowhere")), up(configured(region="nowhere")))
    yield _program("provider-no-longer-declared", up(one()), up(nothing))
    yield _program("secrets", *both(secret), up(secret), *both(partial(secret, "hush-hush")))
    yield _program("secrets-for-a-provider-without", *both(secret), up(secret), takes_secrets=False)
    yield _program("additional-secret-outputs", *both(secret_output))
    yield _program("duplicate-urn", preview(twice_named), up(twice_named))
    yield _program("create-fails", up(chain(fail="Create")), *both(chain()))
    yield _program("update-fails", up(chain(size=1)), up(chain(size=2, fail="Update")), up(chain(size=2)))
    yield _program("delete-fails", up(chain(fail="Delete")), up(account))
    yield _program("half-made", up(chain(half=True)), *both(chain(half=True)))
    yield _program(
        "replacement-fails-after-the-delete",
        up(chain(unique="1")),
        up(chain(unique="2", fail="Create")),
        up(chain(unique="2")),
    )
    yield _program("check-fails", *both(one(title="bad", size=1)))
    yield _program("check-fails-in-an-update", up(chain()), *both(chain(title="bad")))
    yield _program("stack-reference", up(producer, "producer"), *both(consumer), up(consumer))
    yield _program("stack-reference-to-nothing", *both(lost))
    imported = {"import_": "found"}
    yield _program(
        "import", *both(one(options=imported, size=1)), up(one(options=imported, size=1)), up(one(size=1)), things=FOUND
    )
    yield _program("import-that-differs", *both(one(options=imported, size=2)), things=FOUND)
    yield _program("import-of-nothing", *both(one(options=imported)))
    yield _program("read", *both(one(options={"id": "found"})), up(account), things=FOUND)
    yield _program("read-of-nothing", up(one(options={"id": "found"})))
    yield _program("managed-then-read", up(one(size=1)), up(one(options={"id": "found"})), things=FOUND)
    yield _program("read-then-managed", up(one(options={"id": "found"})), up(one(size=1)), things=FOUND)
    yield _program("transforms", *both(transformed))
    yield _program("invoke", *both(invoking(x=1)), up(invoking(x=1)))
    yield _program("invoke-that-fails", *both(forgiving))
    yield _program("default-provider-refused", *both(without_provider()))
    yield _program(
        "default-provider", *both(without_provider("7.51.1")), up(without_provider("7.51.1")), default_providers=True
    )
    yield _program("resource-as-a-value", *both(holding))
    yield _program(
        "timeouts",
        up(one(options={"custom_timeouts": pulumi.CustomTimeouts(create="1h30m", delete="90s")})),
        up(account),
    )
    yield _program("hooks", *both(hooked()))
    yield _program("hook-that-fails", up(hooked("before_create")), up(hooked("after_create")))


def _urn(stack: str, name: str) -> str:
    return f"{PREFIX.replace(':dev:', f':{stack}:')}{THING}::{name}"


CHANGES: Final = {program.name: program for program in _changes()}
"""Programs whose resources are created, updated, replaced, renamed, moved, protected, deleted."""

VALUES: Final = {program.name: program for program in _values()}
"""Programs about values: components, providers, secrets, failures, references, calls."""

PROGRAMS: Final = {**CHANGES, **VALUES}
