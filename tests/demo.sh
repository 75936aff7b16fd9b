#!/bin/bash
# The main job on real files: demo.sh BUILD. Makes the sources of a small site with wimlib, imports the site's export,
# plans, shows the plan, carries it out at a stand-in for the site, and plans again. Everything it makes is in BUILD/demo.
# Takes a few seconds.
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

cat >start-site <<'EOF'
#!/bin/sh
# Starts a stand-in for the site's SMS Provider, with the records of export/ and on this machine alone, and prints the URL
# of its AdminService; start-site tls has it speak TLS, with a certificate in ca.pem. It ends by itself after two minutes.
cd "$(dirname "$0")"
rm -f site.db* site.port
scheme=http host=127.0.0.1
if [ "${1:-}" = tls ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost -keyout site.key -out ca.pem 2>site.log || { cat site.log >&2; exit 1; }
	scheme=https host=localhost
	set -- --cert ca.pem --key site.key
fi
../site-provider --state site.db --load export/SMS_ImagePackage.json --load export/SMS_OperatingSystemInstallPackage.json \
	--load export/SMS_BootImagePackage.json --map '\\cm01.contoso.com\Source$\OSD=sources' --clock 1771560000 \
	--settle-delay 0.2-0.5 --lifetime 120 "$@" >site.port 2>site.log &
echo $! >site.pid
while [ ! -s site.port ] && kill -0 $! 2>/dev/null; do sleep 0.1; done
echo "$scheme://$host:$(cat site.port)/AdminService"
EOF
chmod +x start-site

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
must $wimplan show --format html -o plan.html plan.json
must $wimplan show --format markdown -o plan.md plan.json

say "What is in February's media that was not in January's? Read from the images' trees, without unpacking them:"
mkdir media
for month in january february; do
	"$build/mkwim" "$top/testdata/media/winre-$month.recipe" "winre-$month.wim"
	"$build/mkwim" "$top/testdata/media/$month.recipe" "media/$month.wim"
	rm "winre-$month.wim"
done
must $wimplan diff --servicing media/january.wim media/february.wim
must $wimplan diff --servicing --files --format html -o media.html media/january.wim media/february.wim

# This demo stands for every verdict; one that is missing is a mistake in it.
missing=
for code in no-source other-site action-in-progress no-install-wim source-split source-encrypted record-incomplete \
	source-not-mapped source-missing source-ambiguous source-unreadable source-not-wim source-damaged source-busy \
	content-unknown image-added image-removed image-changed never-loaded metadata-same content-same content-changed \
	content-rewritten content-newer content-unproven report_only; do
	grep -q "\"$code\"" plan.json || missing="$missing $code"
done
[ -z "$missing" ] || { echo "demo: the plan does not show:$missing" >&2; exit 1; }

say "The change board agrees. Before the window the site itself is read once more: a stand-in for its SMS Provider is started." \
	'A real site is reached with Kerberos (kinit, see wimplan-provider(7)); this one takes anybody, over TLS. What follows is' \
	'done in a copy of the cache, so that all of the above can still be tried:'
printf '\n$ ./start-site tls\n'
site=$(./start-site tls)
# It closes its database before it ends, and who copies the folder behind this script should find it closed.
stop_site() {
	local tries=100
	kill "$(cat site.pid)" 2>/dev/null || return 0
	while [ $((tries -= 1)) -gt 0 ] && [ -e site.db-wal ]; do sleep 0.05; done
}
trap stop_site EXIT
echo "$site"
provider=(--provider "$site" --auth none --ca-file ca.pem)
cp cache.db after.db
must $wimplan-export "${provider[@]}" -o before.records.json
must $wimplan import --cache after.db before.records.json
run $wimplan audit --cache after.db --map "$map" --since plan.json --quiet -o audit.txt before.records.json
[ "$status" = 3 ] || { echo "demo: audit ended with $status, not 3" >&2; exit 1; }
run $wimplan plan --cache after.db --map "$map" --quiet -o window.json
[ "$status" = 3 ] || { echo "demo: plan ended with $status, not 3" >&2; exit 1; }
say 'Read by key, the site says of two packages what the lists of the first export could not: it has never loaded their image' \
	'properties, so this plan reloads them, too. wimplan-apply looks, then carries the plan out, and watches the content' \
	'arrive on the distribution points:'
must $wimplan-apply check "${provider[@]}" window.json
must $wimplan-apply run --yes --watch "${provider[@]}" window.json

say 'What was distributed is recorded. Then wimplan-export reads the site again, with its distribution points and who uses' \
	'the packages:'
must $wimplan record --cache after.db --map "$map" window.receipt.json
export SOURCE_DATE_EPOCH=1771639800
must $wimplan-export "${provider[@]}" -o after.records.json
must $wimplan import --cache after.db after.records.json
say 'What does another plan say of the packages whose content was sent?'
only=()
for id in $(sed -n '/"package_id"/ { s/.*: "\(.*\)",.*/\1/; h; }; /"RefreshPkgSource"/ { g; p; }' window.receipt.json | sort -u); do
	only+=(--only "$id")
done
must $wimplan plan --cache after.db --map "$map" --detailed-exitcode -o after.json "${only[@]}"
grep -q '"applyable": false' after.json || { echo 'demo: the plan after the run has changes' >&2; exit 1; }
grep -q '"unproven": 0' after.json || { echo 'demo: the plan after the run has questions' >&2; exit 1; }

say 'A job of the night needs one command and keeps nothing. It knows what every image should be like, and says what is new since' \
	'the plan of before:'
cat >audit.conf <<'EOF'
[map]
\\cm01.contoso.com\Source$\OSD = sources

[expect]
# What the patch day of January brought.
10.0.22631 = 10.0.22631.3007
10.0.19045 = 10.0.19045.3930
edition = Enterprise, EnterpriseS, Professional, ServerStandard
EOF
printf '\n$ cat audit.conf\n'
cat audit.conf
printf '\n$ %s audit --config audit.conf --cache after.db --since plan.json \\\n    --fail-on below-expected after.records.json\n' "$wimplan"
status=0
export SOURCE_DATE_EPOCH=1771725600
$wimplan audit --config audit.conf --cache after.db --since plan.json --fail-on below-expected after.records.json || status=$?
[ "$status" = 11 ] || { echo "demo: audit ended with $status, not 11" >&2; exit 1; }
say 'Exit status 11: something that --fail-on names was found.'

cat <<END

What you saw: wimplan compared the $(sed -n 's/^ *"packages": \([0-9]*\),$/\1/p' plan.json) packages of a site with the files that they were made from.
  ~  no longer match. "reload" is ReloadImageProperties: the site knows old metadata. "refresh" is RefreshPkgSource: the
     distribution points have old content. Under each stands why, and how sure that is.
  !  are blocked, each for a reason that the list at the end explains.
  ?  is for a person to decide: a boot image, only reported, because a refresh would rebuild it on the server; or content
     that is unproven, as that of P010001F: the file is older than what was distributed, but a copy can keep an old date,
     and the site has never loaded its images to compare with.
The plan is ${demo#"$top"/}/plan.json, for people to read ${demo#"$top"/}/plan.html.
Then the site was read, and what it said then planned; wimplan-apply made the calls, each once, and saw their effect and the content
arrive; ${demo#"$top"/}/window.receipt.json says so. Only the stand-in was changed: wimplan itself never calls a site. Read again, the
site had no change left to make for what was sent.

Next, try:

    cd ${demo#"$top"/}
    $wimplan show --all plan.json                    the packages that need nothing, too
    $wimplan show --format csv plan.json             for a spreadsheet
    $wimplan snapshot show --cache cache.db          what was imported
    $wimplan baseline list --cache cache.db          what wimplan believes was distributed
    $wimplan inspect --json sources/server/2022/install.wim
    $wimplan-apply status window.json                how far the plan has come
    $wimplan show --format powershell plan.json      the same as a script to run at the site
    xdg-open plan.html                                 the page for the change board in a browser
    xdg-open media.html                                the change report of the media in a browser

With your own site: export its records (wimplan-records(5) says how), then wimplan import and wimplan plan as above.
The manual pages can be read before they are installed: make man, and man build/man/wimplan.1 to begin with.
END
