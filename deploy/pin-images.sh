#!/bin/sh
# Writes the digest of each image into deploy/Dockerfile and deploy/compose.yaml, behind its tag: name:tag@sha256:…
# Run it where the registries can be reached, look at the difference, and keep it. Run again, it renews the digests.
#   deploy/pin-images.sh            write        deploy/pin-images.sh --check    only say what is not pinned (exit 1)
set -eu
cd "$(dirname "$0")"
images='python:[^ @]*|docker\.elastic\.co/[^ @]*|axllent/mailpit:[^ @]*'
if [ "${1:-}" = --check ]; then
    open=$(grep -nHE "^(FROM| *image:) +($images)( |\$)" Dockerfile compose.yaml || true)
    [ -z "$open" ] || { printf 'not pinned:\n%s\n' "$open" >&2; exit 1; }
    exit 0
fi
for file in Dockerfile compose.yaml; do
    sed -nE "s#^(FROM| *image:) +($images).*#\\2#p" "$file" | sort -u | while read -r image; do
        digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image")
        case $digest in
            sha256:*) ;;
            *) printf '%s: no digest could be had\n' "$image" >&2; exit 1 ;;
        esac
        name=$(printf '%s' "$image" | sed 's/[.]/[.]/g')
        sed -E "s#^((FROM| *image:) +$name)(@sha256:[0-9a-f]+)?#\\1@$digest#" "$file" > "$file.part"
        cat "$file.part" > "$file"
        rm "$file.part"
        printf '%s: %s@%s\n' "$file" "$image" "$digest"
    done
done
