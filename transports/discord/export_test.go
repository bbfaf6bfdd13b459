package discord

import "time"

// Short sets what a connection lasts that is not taken up again without a word.
func (d *Driver) Short(lasts time.Duration) { d.pace.short = lasts }

// Begin sets how long a gateway may say nothing before the session.
func (d *Driver) Begin(within time.Duration) { d.pace.begin = within }

// Hurry makes a driver wait a hundredth of what it waits for usually, for tests on real sockets. For guilds it is a fifth: on a loaded machine they need some of it.
func (d *Driver) Hurry() {
	d.pace = pace{d.pace.identify / 100, d.pace.pause / 100, d.pace.guilds / 5, d.pace.look / 100, d.pace.short, d.pace.begin, d.pace.presence / 10}
	d.identifies.window = d.pace.identify
}
