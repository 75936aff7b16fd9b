#!/bin/sh
# Installs PowerShell into BUILD/pwsh, as a .NET tool: install.sh BUILD. Debian has no PowerShell, and nobody needs a .NET SDK for
# wimplan: ends with 3, and does nothing, where none is there that runs it (install.sh --possible only asks).
set -eu
version=7.6.9 # of .NET 10
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

command -v dotnet >/dev/null && dotnet --list-sdks | grep -q '^[1-9][0-9]\.' || exit 3
[ "$1" != --possible ] || exit 0
folder=$1/pwsh
if [ -x "$folder/pwsh" ]; then
	case $(dotnet tool list --tool-path "$folder") in *"$version"*) exit 0 ;; esac
	rm -rf "$folder"
fi
echo "Installing: PowerShell $version into $folder"
dotnet tool install --tool-path "$folder" PowerShell --version "$version" >/dev/null
