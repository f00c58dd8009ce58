#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Asks the board for four tickets, with nothing but JSON and NUL bytes.
use strict;
use warnings;
use IO::Socket::UNIX;

my $picod = IO::Socket::UNIX->new(Peer => $ENV{PICOD_SOCKET}) or die "$!\n";
my $call = '{"method": "io.picod.Send", "parameters":' .
    '{"board": "micropython", "text": "ticket(\'perl\')"}}';
$| = 1;
$/ = "\0";
for (1 .. 4) {
	print $picod "$call\0";
	my ($output) = readline($picod) =~ /"output": ?"(.*?)\\n"/;
	print "share.pl  $output\n";
}
