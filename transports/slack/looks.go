package slack

import (
	"sync"
	"time"
)

// looks are what was last read of conversations, each for as long as it is the truth and no longer than looksGood.
type looks struct {
	mu  sync.Mutex
	all map[string]looked
}

type looked struct {
	from  string
	there map[string]*messageObject
	at    time.Time
}

const looksGood = 20 * time.Second

func byTS(all []*messageObject) map[string]*messageObject {
	there := map[string]*messageObject{}
	for _, m := range all {
		if m != nil {
			there[m.TS] = m
		}
	}
	return there
}

func (l *looks) put(channel, from string, all []*messageObject) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for old, was := range l.all {
		if time.Since(was.at) > looksGood {
			delete(l.all, old)
		}
	}
	if l.all == nil {
		l.all = map[string]looked{}
	}
	l.all[channel] = looked{from, byTS(all), time.Now()}
}

// take gives what was read, once; there is nil for nothing.
func (l *looks) take(channel string) (from string, there map[string]*messageObject) {
	l.mu.Lock()
	defer l.mu.Unlock()
	was := l.all[channel]
	delete(l.all, channel)
	if time.Since(was.at) > looksGood {
		return "", nil
	}
	return was.from, was.there
}
