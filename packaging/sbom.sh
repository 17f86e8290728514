#!/usr/bin/env bash
# A bill of materials in SPDX 2.3 JSON: what a build's programs are made of, with versions and licences, from Debian's
# package files and the page's lock file.
# usage: sbom.sh VERSION LOCK_FILE FILE    SOURCE_DATE_EPOCH: its date, else that of this script's last change
set -euo pipefail
version=$1 lock=$2 out=$3
packages=(libfmt-dev nlohmann-json3-dev libcli11-dev libtomlplusplus-dev libflatbuffers-dev zlib1g-dev libsqlite3-dev
  libonnx-dev libprotobuf-dev libpng-dev libjpeg62-turbo-dev libtorch-dev libgloo-dev pybind11-dev)
licence_of() {  # SPDX's name of the licence of a Debian package's main files
  local name
  name=$(sed -n 's/^License: *//p' "/usr/share/doc/$1/copyright" 2>/dev/null | sed -n 1p)
  case $name in
    Expat*) echo MIT ;;
    BSD-3-[Cc]lause*) echo BSD-3-Clause ;;
    Apache-2.0 | Zlib) echo "$name" ;;
    libpng) echo libpng-2.0 ;;
    BSD-BY-LC-NE) echo IJG ;;
    public-domain) echo blessing ;;
    *) echo NOASSERTION ;;
  esac
}
when=${SOURCE_DATE_EPOCH:-$(stat -c %Y "$0")}
entry() {  # name, version, licence, place
  printf ',\n    {"SPDXID": "SPDXRef-%s", "name": "%s", "versionInfo": "%s", "licenseDeclared": "%s",\n     "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION", "filesAnalyzed": false, "downloadLocation": "%s"}' \
    "$(tr -c 'A-Za-z0-9.\n-' - <<<"$1")" "$1" "$2" "$3" "$4"
}
{
  printf '{\n  "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": "colcomb-%s",\n' "$version"
  printf '  "documentNamespace": "urn:colcomb:sbom:%s:%s",\n' "$version" "$when"
  printf '  "creationInfo": {"created": "%s", "creators": ["Tool: colcomb packaging/sbom.sh"]},\n' \
    "$(date -u -d "@$when" +%Y-%m-%dT%H:%M:%SZ)"
  printf '  "packages": [\n    {"SPDXID": "SPDXRef-colcomb", "name": "colcomb", "versionInfo": "%s", "licenseDeclared": "Apache-2.0",\n' "$version"
  printf '     "licenseConcluded": "Apache-2.0", "copyrightText": "the colcomb authors", "filesAnalyzed": false, "downloadLocation": "NOASSERTION"}'
  for package in "${packages[@]}"; do
    found=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null) || continue
    entry "$package" "$found" "$(licence_of "$package")" "https://packages.debian.org/bookworm/$package"
  done
  # Packages that the page's bundle is made of: those that its lock file does not mark as tools.
  awk '/^    "node_modules\// { split($0, part, "\""); name = substr(part[2], 14); version = ""; licence = "NOASSERTION"; dev = 0 }
       /^      "version":/ { split($0, part, "\""); version = part[4] }
       /^      "license":/ { split($0, part, "\""); licence = part[4] }
       /^      "dev": true/ { dev = 1 }
       /^    },?$/ && name != "" { if (!dev && name !~ /esbuild/) print name "\t" version "\t" licence; name = "" }' "$lock" |
    while IFS=$'\t' read -r name found licence; do
      entry "$name" "$found" "$licence" "https://www.npmjs.com/package/$name/v/$found"
    done
  printf '\n  ],\n  "relationships": [\n    {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-colcomb"}\n  ]\n}\n'
} >"$out.part"
mv "$out.part" "$out"
