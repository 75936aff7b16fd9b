#!/bin/sh
# Installs the Debian packages that are missing for what is to be done: deps.sh build [test] [check-valgrind] [coverage] …
# For tests also PowerShell into the folder $BUILD, where there is a .NET SDK.
set -eu
cd "$(dirname "$0")/.."

packages=
sign_in="krb5-kdc krb5-admin-server krb5-user gss-ntlmssp apache2-bin libapache2-mod-auth-gssapi openssl"
for purpose; do
	case $purpose in
	build) packages="$packages gcc libc6-dev make pkg-config scdoc libwim-dev libxml2-dev libsqlite3-dev libjansson-dev
		libssl-dev libsmartcols-dev libarchive-dev libcurl4-openssl-dev" ;;
	test) packages="$packages libmicrohttpd-dev openssl strace libcriterion-dev python3 python3-jsonschema mandoc osslsigncode zsh fish
		$sign_in" ;;
	demo) packages="$packages libmicrohttpd-dev openssl" ;;
	check-release) packages="$packages debootstrap" ;;
	deb) packages="$packages dpkg-dev" ;;
	check-deb) packages="$packages dpkg-dev lintian debootstrap" ;;
	check-analysers) packages="$packages clang clang-tidy cppcheck shellcheck git libfuse3-dev" ;;
	check-valgrind) packages="$packages valgrind" ;;
	coverage) packages="$packages gcovr" ;;
	bench) packages="$packages wimtools jq libfuse3-dev" ;;
	html) packages="$packages chromium fonts-dejavu-core poppler-utils" ;;
	fuzz)
		# libFuzzer comes with the version of clang that is the release's.
		case $(. /etc/os-release && echo "${VERSION_CODENAME:-}") in
		bookworm) packages="$packages clang libclang-rt-14-dev" ;;
		*) packages="$packages clang libclang-rt-19-dev" ;;
		esac
		;;
	esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
	# shellcheck disable=SC2086 # a list of names
	echo "This system has no apt-get. Please install what Debian calls:" $packages >&2
	echo "Then run make again without deps." >&2
	exit 1
fi

missing=
for package in $packages; do
	state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
	case $state in ii*) ;; *) missing="$missing $package" ;; esac
done
if [ -n "$missing" ]; then
	sudo=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || {
			echo "Installing needs root or sudo. Please install:$missing" >&2
			exit 1
		}
		sudo=sudo
	fi
	echo "Installing:$missing"
	export DEBIAN_FRONTEND=noninteractive
	$sudo apt-get update -qq
	# shellcheck disable=SC2086 # a list of names
	$sudo apt-get install -y -qq --no-install-recommends $missing
fi

# A program that Microsoft signed, for the builds of any folder. Its package needs a boot loader, for which there is no use here: only
# its file is taken.
case " $* " in *' test '*)
	shim=build/shim
	if [ ! -e /usr/lib/shim/shimx64.efi.signed ] && [ ! -e "$shim/usr/lib/shim/shimx64.efi.signed" ]; then
		folder=$(mktemp -d)
		mkdir -p "$shim"
		(cd "$folder" && apt-get download -qq shim-signed:amd64 2>&1 && dpkg-deb -x shim-signed_*.deb here) >"$shim/log" &&
			cp -r "$folder/here/usr" "$shim" ||
			echo "shim-signed could not be downloaded: the tests look at no program that Microsoft signed." >&2
		rm -rf "$folder"
	fi
	;;
esac

case " $* " in *' test '*)
	status=0
	tests/powershell/install.sh "${BUILD:-build}" || status=$?
	[ $status = 0 ] || [ $status = 3 ] || {
		echo "PowerShell could not be installed, with which the scripts for the site are tested." >&2
		exit 1
	}
	;;
esac
