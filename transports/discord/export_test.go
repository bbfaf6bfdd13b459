package discord

import "time"

// Short sets what a connection lasts that is not taken up again without a word.
func (d *Driver) Short(lasts time.Duration) { d.short = lasts }
