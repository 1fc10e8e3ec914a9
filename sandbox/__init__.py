"""The embedded default: Pulumi's engine protocol in process over an emulated AWS organisation."""

from sandbox.engine.deferred_modules import defer

defer()
