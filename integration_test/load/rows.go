package main

import "time"

// row is a line of the table: something that is measured, whether messages are archived meanwhile, and what it is to come to.
type row struct {
	name, on, aim string
	measure       func(program string) ([]figure, error)
}

// always is what no measurement leaves out.
const always = "In every row: who may use the gateway and how much, people's options, ids of messages and occupants, the journal, all on SQLite with full syncs."

// The archive is on unless people turn it off by the command that they have for it.
const (
	archive = "archive"
	none    = "no archive"
)

// rows are all measurements. The small ones only show that they run.
func rows(small bool) []row {
	n := func(many, few int) int {
		if small {
			return few
		}
		return many
	}
	pause, stalls := 10*time.Second, 5*time.Second
	if small {
		pause, stalls = 100*time.Millisecond, 300*time.Millisecond
	}
	return []row{
		{"start to the first join", archive, "≤ 0.5 s; ≤ 30 MB", start},
		{"IRC → XMPP, 1 person", none, "≤ 5 µs", fromIRC(1, n(300_000, 200), false)},
		{"IRC → XMPP, 10 people", none, "≤ 5 µs", fromIRC(10, n(50_000, 100), false)},
		{"IRC → XMPP, 100 people", none, "≤ 5 µs", fromIRC(100, n(6_000, 20), false)},
		{"XMPP → IRC with reflection", none, "≤ 8 µs", toIRC(n(60_000, 100), false)},
		{"XMPP → IRC with reflection", archive, "", toIRC(n(60_000, 100), true)},
		{"IRC → XMPP, 1 person", archive, "≥ 15k/s", fromIRC(1, n(150_000, 200), true)},
		{"IRC → XMPP, 50 people", archive, "≥ 50k/s", fromIRC(50, n(4_000, 20), true)},
		{"latency at 100 messages/s", archive, "0.5 / 10 ms", latency(100, n(1_000, 20))},
		{"each further person, one small channel", archive, "≤ 12 kB", connected(n(3_000, 100), ircHost)},
		{"each further person, with TLS", archive, "", connected(n(1_000, 100), tlsHost)},
		{"1,000 people enter one channel", archive, "≤ 130 MB, ≤ 5 s", crowd(n(1_000, 50))},
		{"8,000 people enter channels of ten", archive, "linear, ≤ 5 s", joining(n(8_000, 40))},
		{"10,000 idle people, 3 accounts each, with the networks", archive, "", idle(n(10_000, 20))},
		{"1,000 people with 100 contacts each", archive, "", contacts(n(1_000, 5))},
		{"50 relays, 50 puppets each", none, "", relays(n(50, 3), n(50, 4), n(50_000, 50))},
		{"flood of 200,000 lines, XMPP reads 4 MB/s", archive, "bounded, nothing lost", flooded(n(200_000, 500), slowServer(4<<20), func(*world) {})},
		{"flood of 200,000 lines, XMPP does not read for 10 s", archive, "bounded, nothing lost", flooded(n(200_000, 500), nothing, deafServer(pause))},
		{"flood of 200,000 lines, disk stalls 300 of 350 ms", archive, "bounded, nothing lost", flooded(n(200_000, 500), nothing, slowDisk(300*time.Millisecond, 50*time.Millisecond, stalls))},
	}
}
