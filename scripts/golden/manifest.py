"""manifest.json of the golden families: what there is, by family and dialect."""

import fcntl
import json
import os
from pathlib import Path

from models import SEED


def update_manifest(out: Path, section: str, key: tuple[str, ...], entry: dict | None) -> None:
    """Replaces (or with None removes) the entry of this key, under a lock: several runs may write.

    `key` is the family, or family and dialect.
    """
    path = out / 'manifest.json'
    lock = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        manifest = json.loads(path.read_text()) if path.exists() else {}
        rows = {
            tuple(row[k] for k in ('family', 'dialect') if k in row): row
            for row in manifest.get(section, [])
        }
        rows.pop(key, None)
        if entry is not None:
            rows[key] = entry
        manifest[section] = [rows[k] for k in sorted(rows)]
        order = ['seed', 'families', 'files', 'unsupported']
        manifest['seed'] = SEED
        path.write_text(
            json.dumps({k: manifest[k] for k in order if k in manifest}, indent=1) + '\n'
        )
    finally:
        os.close(lock)
