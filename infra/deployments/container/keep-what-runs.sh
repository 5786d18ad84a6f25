#!/bin/sh
# keep-what-runs.sh APP BUILT PRUNED: leaves in the pruned repository what the app needs to run, with what was built of it.
set -eu
app=$1 built=$2 pruned=$3
cd "$pruned"
for folder in apps/* packages/* infra loadtests; do
  [ -d "$folder" ] || continue
  # npm has linked the workspaces that the app depends on in production, and no others.
  if [ ! -e "node_modules/@holdfast/${folder##*/}" ]; then rm -rf "$folder"; continue; fi
  (cd "$folder" && rm -rf src test packed public tools jest.config.mjs vite.config.ts rolldown.config.mjs tsconfig*.json)
  cp -r "$built/$folder/dist" "$folder/dist"
done
find apps packages node_modules \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.tsbuildinfo' \) -type f -delete
find node_modules -name '*.map' -type f -delete
rm -rf node_modules/.cache node_modules/.package-lock.json .turbo turbo.json package-lock.json tsconfig.base.json .npmrc
cp "$built/infra/deployments/container/healthy.mjs" healthy.mjs
for main in "apps/$app"/bin/*.js "apps/$app/server.mjs" "apps/$app/dist/main.js"; do
  if [ -f "$main" ]; then ln -s "$main" main; exit 0; fi
done
echo "apps/$app has no program: bin/*.js, server.mjs or dist/main.js" >&2
exit 1
