"""Prints what Python's tarfile reads of each archive of a folder, one line of JSON an archive."""
import hashlib, json, os, sys, tarfile

KINDS = {tarfile.SYMTYPE: "link", tarfile.DIRTYPE: "folder"}


def read(path):
    entries = []
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            kind = "file" if member.isreg() else KINDS.get(member.type, "other")
            content = archive.extractfile(member).read() if kind == "file" else member.linkname.encode("utf-8", "surrogateescape")
            entries.append({
                "name": member.name,
                "kind": kind,
                "mode": member.mode,
                "owner": [member.uid, member.gid, member.uname, member.gname],
                "sha256": hashlib.sha256(content).hexdigest(),
            })
    return entries


for name in sorted(os.listdir(sys.argv[1])):
    try:
        found = {"name": name, "entries": read(os.path.join(sys.argv[1], name))}
    except Exception as error:
        found = {"name": name, "error": repr(error)}
    print(json.dumps(found))
