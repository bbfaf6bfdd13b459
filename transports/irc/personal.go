package irc

import (
	"net"
	"slices"
	"strconv"

	"golang.org/x/text/encoding"
	"golang.org/x/time/rate"

	"isthmus/transports"
)

// personalOptions are those that make a network another one for a person.
var personalOptions = []string{optionAddress, optionTLSPorts, optionPorts, optionVerify, optionFingerprint, optionPass, optionEncodingIn, optionEncodingOut, optionCommands, optionThrottle}

// personal is a network as one person reaches it. The options have been checked. How to get there is the person's to say
// only where the operator has not: an address that is configured stays, and passwords go nowhere else.
func personal(shared *network, options transports.Options) *network {
	if !slices.ContainsFunc(personalOptions, func(name string) bool { _, set := options[name]; return set }) {
		return shared
	}
	n := *shared
	if n.own {
		n.reach(options)
	}
	get := func(name string) string { return options.Get(nil, name) }
	if pass := get(optionPass); pass != "" {
		n.password = pass
	}
	e := encodingsOf(options)
	if e.in != nil {
		n.in = e.in
	}
	n.out = e.out
	for _, line := range options.All(nil, optionCommands) {
		if line != "" {
			n.commands = append(n.commands, line)
		}
	}
	if values, set := options[optionThrottle]; set && (len(values) == 0 || values[0] == "") {
		n.throttle(-1)
	} else if limit, err := strconv.Atoi(get(optionThrottle)); err == nil {
		n.throttle(limit)
	}
	return &n
}

// reach takes over what a person says of the way to a server.
func (n *network) reach(options transports.Options) {
	get := func(name string) string { return options.Get(nil, name) }
	host, named := n.host, get(optionAddress) != ""
	if named {
		host = get(optionAddress)
	}
	secured, _ := portsOf(options.All(nil, optionTLSPorts)...)
	plain, _ := portsOf(options.All(nil, optionPorts)...)
	if _, set := options[optionTLSPorts]; !set && (named || len(plain) > 0) { // as configured, on the other host
		for _, e := range n.addresses {
			if _, port, err := net.SplitHostPort(e.address); err == nil {
				number, _ := strconv.Atoi(port)
				secured = append(secured, number)
			}
		}
	}
	if all := append(endpoints(host, secured, false), endpoints(host, plain, true)...); len(all) > 0 {
		n.addresses = all
	}
	if verify, ok := truth(get(optionVerify)); ok {
		n.unverified = !verify
	}
	if value := get(optionFingerprint); value != "" {
		n.fingerprint, _ = fingerprintOf(value)
	}
	if named {
		n.certified = host
	}
}

// throttle sets how many lines may go at once, before there is one a second: none with 0, any number below it.
func (n *network) throttle(limit int) {
	switch {
	case limit < 0:
		n.burst, n.rate = defaultBurst, float64(rate.Inf)
	default:
		n.burst, n.rate = max(limit, 1), defaultRate
	}
}

// encodings are those of one room, or of a whole server; nil where nothing is set.
type encodings struct {
	in  encoding.Encoding // of what comes in and is not UTF-8
	out encoding.Encoding // of what is sent, nil for UTF-8
}

// encodingsOf are those in options that have been checked.
func encodingsOf(options transports.Options) (e encodings) {
	if name := options.Get(nil, optionEncodingIn); name != "" {
		e.in, _ = encodingNamed(name)
	}
	if name := options.Get(nil, optionEncodingOut); name != "" {
		e.out, _ = encodingNamed(name)
	}
	return e
}
