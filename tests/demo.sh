#!/bin/bash
# The main job on real files: demo.sh BUILD. Makes the sources of a small site with wimlib, imports the site's export,
# plans and shows the plan. Everything it makes is in BUILD/demo. Takes a few seconds.
set -eu
cd "$(dirname "$0")/.."
top=$PWD
build=$(realpath "$1")
data=$top/testdata/demo
demo=$build/demo

# The same output whenever and by whomever it is made.
export LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1771567200 WIMPLAN_USER=demo WIMPLAN_HOST=example
unset WIMPLAN_CACHE XDG_CONFIG_HOME

say() {
	echo
	printf '%s\n' "$@"
}

# Prints a command as one would type it, then runs it. Its exit status is in $status.
run() {
	local word line=
	for word; do
		case $word in
		*[!A-Za-z0-9_./:=,+@%-]*) word="'$word'" ;;
		esac
		line="$line $word"
	done
	printf '\n$%s\n' "$line"
	status=0
	"$@" || status=$?
}

must() {
	run "$@"
	[ "$status" = 0 ] || { echo "demo: that ended with $status, not 0" >&2; exit 1; }
}

# A file beside the .wim files: place TIME FILE TEXT.
place() {
	mkdir -p "$(dirname "sources/$2")"
	printf '%s\n' "$3" >"sources/$2"
	touch -d "$1" "sources/$2"
}

rm -rf "$demo"
mkdir -p "$demo/sources"
cd "$demo"
cp -r "$data/export" .

say 'Contoso keeps the sources of its operating system packages on \\cm01.contoso.com\Source$\OSD. This is that share,' \
	'with real .wim files made by wimlib:'
"$build/mkwim" -C sources "$data/sources.recipes"
"$build/mkwim" -C sources "$data/sources-before.recipes"
place 2025-12-13T01:30:00Z upgrade/w11-23h2/setup.exe 'not a real program'
place 2026-02-14T04:00:00Z upgrade/w11-23h2/sources/setupconfig.ini '[SetupConfig]'
place 2025-11-02T09:00:00Z upgrade/w11-esd/setup.exe 'not a real program'
place 2025-12-20T09:00:00Z client/iso/Win11.iso "$(printf 'A disc image, and no WIM file: a wrong choice in the console. %.0s' 1 2 3 4)"
ln -s loop sources/client/loop
find sources -name '*.wim' -o -name '*.WIM' -o -name '*.swm' -o -name '*.esd' | sort | sed 's/^/    /'

wimplan=../wimplan
[ "$build" = "$(realpath "$demo/..")" ] || wimplan=$build/wimplan
map='\\cm01.contoso.com\Source$\OSD=sources'

printf '\n$ cd %s\n' "${demo#"$top"/}"
must $wimplan inspect --image 2 sources/client/w11-23h2/install.wim

say 'The site, P01, was exported through the AdminService on 20 February 2026, 02:10 UTC:'
must $wimplan import --cache cache.db --site P01 --taken-at 2026-02-20T02:10:00Z \
	export/SMS_BootImagePackage.json export/SMS_ImageInformation.json export/SMS_ImagePackage.json \
	export/SMS_OperatingSystemInstallPackage.json

say 'For two packages an administrator states that what is on the share now is what was distributed:'
must $wimplan baseline adopt --cache cache.db --map "$map" P0100020 P0100021

say 'Then February comes: the reference image is captured anew, and the Windows 10 image is compressed anew.'
"$build/mkwim" -C sources "$data/sources.recipes"

say 'Which packages no longer match?'
run $wimplan plan --cache cache.db --map "$map" --quiet -o plan.json
[ "$status" = 3 ] || { echo "demo: plan ended with $status, not 3" >&2; exit 1; }
say 'Exit status 3: the plan is written, but some packages could not be judged, and it says so.'
must $wimplan show plan.json
must $wimplan show --format markdown -o plan.md plan.json

say "What is in February's media that was not in January's? Read from the images' trees, without unpacking them:"
mkdir media
for month in january february; do
	"$build/mkwim" "$top/testdata/media/$month.recipe" "media/$month.wim"
done
must $wimplan diff --servicing media/january.wim media/february.wim
must $wimplan diff --servicing --files --format html -o media.html media/january.wim media/february.wim

# This demo stands for every verdict; one that is missing is a mistake in it.
missing=
for code in no-source other-site action-in-progress no-install-wim source-split source-encrypted record-incomplete \
	source-not-mapped source-missing source-ambiguous source-unreadable source-not-wim source-damaged source-busy \
	content-unknown image-added image-removed image-changed never-loaded metadata-same content-same content-changed \
	content-rewritten content-newer report_only; do
	grep -q "\"$code\"" plan.json || missing="$missing $code"
done
[ -z "$missing" ] || { echo "demo: the plan does not show:$missing" >&2; exit 1; }

cat <<END

What you saw: wimplan compared the $(grep -c '"package_id"' plan.json) records of a site with the files that they were made from.
  ~  no longer match. "reload" is ReloadImageProperties: the site knows old metadata. "refresh" is RefreshPkgSource: the
     distribution points have old content. Under each stands why, and how sure that is.
  !  are blocked, each for a reason that the list at the end explains.
  ?  is a boot image: only reported, because a refresh would rebuild it on the server.
Nothing was changed, here or on a site. The plan is ${demo#"$top"/}/plan.json, for people to read ${demo#"$top"/}/plan.md.

Next, try:

    cd ${demo#"$top"/}
    $wimplan show --all plan.json                    the packages that need nothing, too
    $wimplan show --format csv plan.json             for a spreadsheet
    $wimplan snapshot show --cache cache.db          what was imported
    $wimplan baseline list --cache cache.db          what wimplan believes was distributed
    $wimplan inspect --json sources/server/2022/install.wim
    xdg-open media.html                              the change report of the media in a browser

With your own site: export its records (wimplan-records(5) says how), then wimplan import and wimplan plan as above.
END
