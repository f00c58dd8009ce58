# SPDX-License-Identifier: MIT
#
# From the table of boards, by "awk -f boards.awk -v to=WHAT boards.txt [FILE]":
#
#	c         the rows for known.c
#	rules     udev's rules, from FILE
#	metainfo  what desktops read, from FILE
#
# A line of FILE with @boards@ or @roms@ becomes what stands for them.

function fail(why)
{
	printf "%s:%d: %s\n", FILENAME, FNR, why >"/dev/stderr"
	failed = 1
	exit 1
}

# A number in C, of an identity with a digit in the place of each ?.
function hex(digits, any)
{
	gsub(/[?]/, any, digits)
	return "0x" digits
}

function mask(digits)
{
	gsub(/[^?]/, "f", digits)
	return hex(digits, "0")
}

function text(word)
{
	return word == "-" ? "NULL" : "\"" word "\""
}

function print_c(what,   is_board)
{
	is_board = $2 == "usb" || $2 == "uart"
	printf "{ %s, %s, %s, ", hex(id[1]), hex(id[2], "0"), mask(id[2])
	printf "KNOWN_%s, ", is_board ? "BOARD" : toupper($2)
	printf "%s, &driver_%s, %d, ", text($3), $4, $5
	printf "%s, ", $2 == "uart" || $2 == "bridge" ? "false" : "true"
	printf "%s, %s, ", text($6), $7 == "reports" ? "pins_reports" : "NULL"
	printf "%s, \"%s\" },\n", $7 == "greedy" ? "true" : "false", what
}

# Of each vendor its products: "0043|8036".
function collect(list)
{
	if (!(id[1] in order)) {
		order[id[1]] = 1
		vendors[++count] = id[1]
	}
	list[id[1]] = list[id[1]] (list[id[1]] == "" ? "" : "|") id[2]
}

function print_rule(vendor, products, then)
{
	printf "ATTR{idVendor}==\"%s\", ATTR{idProduct}==\"%s\", \\\n    %s\n",
	    vendor, products, then
}

# An identity that is everybody's: only what calls itself a PinServer.
function print_ours(vendor)
{
	printf "ATTR{idVendor}==\"%s\", ATTR{idProduct}==\"%s\", " \
	    "ATTR{product}==\"PinServer*\", \\\n    ENV{PICOD_BOARD}=\"1\"\n",
	    vendor, ours
}

function print_modaliases(vendor, products,   each, n, i)
{
	n = split(toupper(products), each, "|")
	for (i = 1; i <= n; i++)
		printf "    <modalias>usb:v%sp%s*</modalias>\n",
		    toupper(vendor), each[i] == "????" ? "" : each[i]
}

FILENAME == ARGV[1] && (/^#/ || NF == 0) { next }

FILENAME == ARGV[1] {
	if ($1 !~ /^[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:[0-9a-f?][0-9a-f?][0-9a-f?][0-9a-f?]$/)
		fail("no USB identity: " $1)
	if ($1 in seen)
		fail($1 " twice")
	if ($2 !~ /^(usb|uart|bridge|loader|rom)$/ || $4 !~ /^(repl|piserial|auto)$/ || \
	    $5 !~ /^(-|[0-9]+)$/ || $7 !~ /^(-|greedy|reports)$/ || NF < 8)
		fail("no row of a board")
	seen[$1] = 1
	split($1, id, ":")
	what = $0
	sub(/^[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +/, "", what)
	if (to == "c")
		print_c(what)
	if ($7 == "reports")
		ours = ours (ours == "" ? "" : "|") id[2]
	else if ($2 != "bridge")
		collect(boards)
	if ($2 == "rom")
		collect(roms)
	next
}

/@boards@/ {
	for (i = 1; i <= count; i++)
		if (to == "rules" && vendors[i] in boards)
			print_rule(vendors[i], boards[vendors[i]],
			    "ENV{PICOD_BOARD}=\"1\"")
		else if (vendors[i] in boards)
			print_modaliases(vendors[i], boards[vendors[i]])
	if (to == "rules")
		print_ours("1209")
	next
}

/@roms@/ {
	for (i = 1; i <= count; i++)
		if (vendors[i] in roms)
			print_rule(vendors[i], roms[vendors[i]],
			    "MODE:=\"0660\", GROUP:=\"picod\", TAG+=\"uaccess\"")
	next
}

{ print }

END { exit failed }
