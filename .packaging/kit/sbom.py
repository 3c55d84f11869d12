#!/usr/bin/env python3
"""Lists what a kit folder bundles: sbom.py FOLDER VERSION TIME FILE...

FILE is each library as this system has it; its package is asked of dpkg. Writes FOLDER/sbom.spdx.json (SPDX 2.3) and
copies the packages' licenses to FOLDER/licenses.
"""
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys


def package_of(path):
    """(name, version, architecture, source) as dpkg has it; a file may be known by its name before /lib became a part of /usr."""
    real = os.path.realpath(path)
    for name in (path, real, real.removeprefix("/usr"), "/usr" + path):
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            package = found.stdout.split(": ")[0].split(",")[0]
            fields = subprocess.run(
                ["dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Architecture}\t${source:Package}", package],
                capture_output=True, text=True, check=True).stdout
            return tuple(fields.split("\t"))
    sys.exit(f"sbom.py: {path} belongs to no package, so its license is not known")


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def copy_licenses(folder, name):
    """Copies what Debian says of the package's license, and the common licenses it refers to; returns its text."""
    source = f"/usr/share/doc/{name}/copyright"
    with open(source, encoding="utf-8") as file:
        text = file.read()
    os.makedirs(f"{folder}/licenses", exist_ok=True)
    shutil.copyfile(source, f"{folder}/licenses/{name}.copyright")
    for common in set(re.findall(r"/usr/share/common-licenses/([A-Za-z]+(?:-[0-9.]*[0-9])?)", text)):
        if os.path.exists("/usr/share/common-licenses/" + common):
            shutil.copyfile("/usr/share/common-licenses/" + common, f"{folder}/licenses/{common}")
    return text


def main():
    folder, version, time, *files = sys.argv[1:]
    packages, extracted = {}, []
    for path in files:
        packages.setdefault(package_of(path), []).append(path)
    mine = {"SPDXID": "SPDXRef-clipper-rpc", "name": "clipper-rpc", "versionInfo": version, "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False, "licenseConcluded": "MIT", "licenseDeclared": "MIT", "copyrightText": "NOASSERTION"}
    rows, relations = [mine], [("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-clipper-rpc")]
    for (name, package_version, architecture, source), paths in sorted(packages.items()):
        text = copy_licenses(folder, name)
        short = sorted(set(re.findall(r"^License: *(\S.*)$", text, re.M)))
        reference = "LicenseRef-Debian-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)
        extracted.append({"licenseId": reference, "name": f"as Debian tells of {name}" + (": " + "; ".join(short) if short else ""),
                          "extractedText": text})
        rows.append({
            "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name), "name": name, "versionInfo": package_version,
            "supplier": "Organization: Debian", "sourceInfo": f"Debian source package {source}",
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "NOASSERTION",
            "licenseDeclared": reference, "copyrightText": "NOASSERTION",
            "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                              "referenceLocator": f"pkg:deb/debian/{name}@{package_version}?arch={architecture}"}],
            "comment": "in the folder: " + ", ".join(
                f"lib/{os.path.basename(path)} (sha256 {digest(path)})" for path in sorted(paths))})
        relations.append(("SPDXRef-clipper-rpc", "DEPENDS_ON", rows[-1]["SPDXID"]))
    when = datetime.datetime.fromtimestamp(int(time), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = {
        "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "clipper-rpc kit folder",
        "documentNamespace": f"https://spdx.org/spdxdocs/clipper-rpc-kit-{version}-" +
                             hashlib.sha256(repr(sorted(packages)).encode()).hexdigest()[:16],
        "creationInfo": {"created": when, "creators": ["Tool: clipper-rpc sbom.py"]},
        "packages": rows, "hasExtractedLicensingInfos": extracted,
        "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations]}
    with open(f"{folder}/sbom.spdx.json", "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
