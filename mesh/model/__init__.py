"""Models of the files that people write: frozen pydantic models, one for each kind of file."""

from mesh.model.accounts import AccountsFile
from mesh.model.clearance import Approver, ClearanceFile, ClearedPipeline, Member, Widening
from mesh.model.continuous_integration import ContinuousIntegration
from mesh.model.contract import Contract, Element
from mesh.model.domain import Domain, Product
from mesh.model.exceptions_file import ExceptionsFile, GuardrailException
from mesh.model.lock import Lock, LockedField, LockedTable, LockFile, lock_file
from mesh.model.mesh import Mesh, contract_file
from mesh.model.mesh_file import Defaults, MeshFile
from mesh.model.partial import PartialFile
from mesh.model.partner import Agreement, Partner
from mesh.model.pipeline import ProductPipeline, Script, Scripts

__all__ = [
    "AccountsFile",
    "Agreement",
    "Approver",
    "ClearanceFile",
    "ClearedPipeline",
    "ContinuousIntegration",
    "Contract",
    "Defaults",
    "Domain",
    "Element",
    "ExceptionsFile",
    "GuardrailException",
    "Lock",
    "LockFile",
    "LockedField",
    "LockedTable",
    "Member",
    "Mesh",
    "MeshFile",
    "PartialFile",
    "Partner",
    "Product",
    "ProductPipeline",
    "Script",
    "Scripts",
    "Widening",
    "contract_file",
    "lock_file",
]
