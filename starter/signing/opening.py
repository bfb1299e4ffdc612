"""Which signer a person's profile means: a key in a file, a token's, or one in their agent."""

from pathlib import Path

from starter.desk.profile import ProfileSigning
from starter.signing.agent import AgentSigner
from starter.signing.key_files import FileSigner, read_key_file
from starter.signing.signer import NOBODY, Person, Signer
from starter.signing.token_files import TokenFileSigner
from workflows.ssh_signatures import HARDWARE_ED25519


def open_signer(signing: ProfileSigning, person: Person = NOBODY) -> Signer:
    """Return what signs with the key that a profile names. Nothing is asked before it signs.

    Raises:
        BadInput: there is no such key, or it cannot be used.
        NotSent: the agent does not answer.
    """
    if signing.agent:
        return AgentSigner.of(signing.agent, person)
    file = read_key_file(Path(signing.key_file or ""))
    hardware = file.key.algorithm == HARDWARE_ED25519
    return TokenFileSigner(file, person) if hardware else FileSigner(file, person)
