package irc

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// upgradeHolds is how long a host's wish for TLS, heard without TLS, lasts: until the host has confirmed it with TLS.
	upgradeHolds = 5 * time.Minute
	// maxPolicies bounds the hosts that are remembered, and policyAtMost how long.
	maxPolicies  = 10_000
	policyAtMost = 365 * 24 * time.Hour
)

// secured remembers the hosts that want TLS always, for the life of the process. IRCv3 sts.
type secured struct {
	mu    sync.Mutex
	hosts map[string]policy
}

type policy struct {
	port  int
	until time.Time
}

// demand is what a server says of it: without TLS the port to come back to, with TLS how long that holds.
type demand struct {
	port     int
	duration time.Duration
	lasting  bool // a duration was given
}

// readDemand reads the value of the capability sts: "duration=31536000,port=6697,preload".
func readDemand(value string) demand {
	var d demand
	for part := range strings.SplitSeq(value, ",") {
		key, text, _ := strings.Cut(part, "=")
		number, err := strconv.ParseUint(text, 10, 31)
		switch {
		case err != nil:
		case key == "port" && number > 0 && number <= 65535:
			d.port = int(number)
		case key == "duration":
			d.duration, d.lasting = min(time.Duration(number)*time.Second, policyAtMost), true
		}
	}
	return d
}

// upgrade notes the wish of a host that was reached without TLS.
func (s *secured) upgrade(at endpoint, port int, now time.Time) {
	s.keep(at, policy{port: port, until: now.Add(upgradeHolds)}, now)
}

// confirm notes that a host which was reached with TLS wants that for a time, or, when it is zero, no more.
func (s *secured) confirm(at endpoint, lasts time.Duration, now time.Time) {
	if _, port, err := net.SplitHostPort(at.address); err == nil {
		number, _ := strconv.Atoi(port)
		s.keep(at, policy{port: number, until: now.Add(lasts)}, now)
	}
}

func (s *secured) keep(at endpoint, p policy, now time.Time) {
	host, _, err := net.SplitHostPort(at.address)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for known, other := range s.hosts {
		if !now.Before(other.until) {
			delete(s.hosts, known)
		}
	}
	if _, known := s.hosts[host]; now.Before(p.until) && (known || len(s.hosts) < maxPolicies) {
		s.hosts[host] = p
	} else {
		delete(s.hosts, host)
	}
}

// apply replaces what leads to such a host without TLS. Nobody may then accept a bad certificate.
func (s *secured) apply(all []endpoint, now time.Time) []endpoint {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []endpoint
	for _, e := range all {
		host, _, err := net.SplitHostPort(e.address)
		if p, known := s.hosts[host]; err == nil && known && now.Before(p.until) {
			if e.strict = true; e.plain {
				e.plain, e.address = false, net.JoinHostPort(host, strconv.Itoa(p.port))
			}
		}
		kept = append(kept, e)
	}
	return kept
}
