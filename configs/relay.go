package configs

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Relay joins a real Multi-User Chat with rooms of networks.
type Relay struct {
	// MUC is its address.
	MUC string `mapstructure:"muc"`
	// Nick is what the relay is called, in the MUC and on the networks.
	Nick string `mapstructure:"nick"`
	// Puppets says who of a network has an occupant of their own in the MUC: "speakers", "active", "all" or "none". MaxPuppets is how many at most.
	Puppets    string `mapstructure:"puppets"`
	MaxPuppets *int   `mapstructure:"max_puppets"`
	// Topics says which way topics are passed on: "both", "to_muc", "from_muc" or "none".
	Topics string `mapstructure:"topics"`
	// Typing says which way it goes that somebody writes, in the same words.
	Typing string `mapstructure:"typing"`
	// Joins is "notices" where it is told in words who comes and goes, else "none".
	Joins string `mapstructure:"joins"`
	// Notices: a network is told in words of corrections, reactions and deletions that it has not itself.
	Notices *bool `mapstructure:"notices"`
	// CallEveryone: a mention of everyone in one room calls everyone in the others.
	CallEveryone bool `mapstructure:"call_everyone"`
	// PerPerson and PerRelay are how many messages a minute are passed on, of one person and of all together; 0: any number.
	PerPerson *int `mapstructure:"per_person"`
	PerRelay  *int `mapstructure:"per_relay"`
	// IgnoreNicks and IgnoreTexts are regular expressions: whose messages, and which, are not passed on.
	IgnoreNicks string      `mapstructure:"ignore_nicks"`
	IgnoreTexts string      `mapstructure:"ignore_texts"`
	Rooms       []RelayRoom `mapstructure:"rooms"`
}

// RelayRoom is a room of a network.
type RelayRoom struct {
	// Transport is the domain of one of the transports, Network how addresses call one of its networks, and Room how the network calls the room.
	Transport string `mapstructure:"transport"`
	Network   string `mapstructure:"network"`
	Room      string `mapstructure:"room"`
	// Owner is whose login there is used, by bare JID, where the network needs logins; Network is then the login's name in addresses.
	Owner string `mapstructure:"owner"`
	// Suffix ends the nicks of the network's people in the MUC, so that nobody there is taken for one of the MUC's own.
	Suffix string `mapstructure:"suffix"`
	// Connections is how many people of the MUC may be users of the network themselves, at the same time, each through a connection of their own whose
	// name ends in ConnectionSuffix.
	Connections      int    `mapstructure:"connections"`
	ConnectionSuffix string `mapstructure:"connection_suffix"`
}

// The words for who has a puppet, and for what goes which way.
const (
	Speakers = "speakers"
	Active   = "active"
	All      = "all"
	Nobody   = "none"
	InWords  = "notices"
	BothWays = "both"
	ToMUC    = "to_muc"
	FromMUC  = "from_muc"
)

// usualPuppets is how many occupants a relay has at most where nothing is said: each of them is sent a copy of all that is said.
const usualPuppets = 50

// usualLimits are how many messages a minute are passed on where nothing is said.
var usualLimits = map[string]int{"per_person": 60, "per_relay": 600}

// usualConnectionSuffix ends the names of people of a MUC on a network where nothing is said.
const usualConnectionSuffix = "|x"

func (c *Config) completeRelays() error {
	mucs, rooms := map[string]bool{}, map[string]bool{}
	for i := range c.Relays {
		r := &c.Relays[i]
		if err := r.complete(c); err != nil {
			return fmt.Errorf("relays: number %d (%s): %w", i+1, r.MUC, err)
		}
		if mucs[r.MUC] {
			return fmt.Errorf("relays: %s is there twice; list all its rooms in one", r.MUC)
		}
		mucs[r.MUC] = true
		for _, room := range r.Rooms {
			key := strings.ToLower(room.Transport + " " + room.Network + " " + room.Room)
			if rooms[key] {
				return fmt.Errorf("relays: the room %s of %s is there twice; it can be in one relay only, or messages would go round", room.Room, room.Network)
			}
			rooms[key] = true
		}
	}
	return nil
}

func (r *Relay) complete(c *Config) error {
	r.MUC = strings.ToLower(r.MUC)
	local, domain, ok := strings.Cut(r.MUC, "@")
	switch {
	case !ok || local == "" || domain == "" || strings.ContainsAny(domain, "@/ "):
		return fmt.Errorf(`muc: %q is not the address of a room, such as "team@conference.example.org"`, r.MUC)
	case c.Transport(domain) != nil:
		return fmt.Errorf("muc: %s is a room of this gateway itself; a relay needs one of a real service", r.MUC)
	case len(r.Rooms) == 0:
		return errors.New("rooms: there is none, so there is nothing to join it with")
	}
	if r.Nick == "" {
		r.Nick = "relay"
	}
	switch r.Puppets {
	case "":
		r.Puppets = Speakers
	case Speakers, Active, All, Nobody:
	default:
		return fmt.Errorf("puppets: %q is none of speakers, active, all, none", r.Puppets)
	}
	if r.MaxPuppets == nil {
		usual := usualPuppets
		r.MaxPuppets = &usual
	}
	if *r.MaxPuppets <= 0 {
		return errors.New("max_puppets: give at least 1, or write puppets: none")
	}
	if err := completeWays("topics", &r.Topics, Nobody); err != nil {
		return err
	}
	if err := completeWays("typing", &r.Typing, BothWays); err != nil {
		return err
	}
	switch r.Joins {
	case "":
		r.Joins = Nobody
	case InWords, Nobody:
	default:
		return fmt.Errorf("joins: %q is neither notices nor none", r.Joins)
	}
	for key, limit := range map[string]**int{"per_person": &r.PerPerson, "per_relay": &r.PerRelay} {
		usual := usualLimits[key]
		if *limit == nil {
			*limit = &usual
		}
		if **limit < 0 {
			return fmt.Errorf("%s: give 0 (no limit) or more", key)
		}
	}
	for key, expression := range map[string]string{"ignore_nicks": r.IgnoreNicks, "ignore_texts": r.IgnoreTexts} {
		if _, err := regexp.Compile(expression); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if r.Notices == nil {
		yes := true
		r.Notices = &yes
	}
	for i := range r.Rooms {
		room := &r.Rooms[i]
		if room.ConnectionSuffix == "" {
			room.ConnectionSuffix = usualConnectionSuffix
		}
		room.Transport, room.Owner = strings.ToLower(room.Transport), strings.ToLower(room.Owner)
		switch {
		case c.Transport(room.Transport) == nil:
			return fmt.Errorf("rooms: transport: %q is none of the domains under transports", room.Transport)
		case room.Owner != "" && !bareJID(room.Owner):
			return fmt.Errorf("rooms: owner: %q is not a bare JID", room.Owner)
		case room.Connections < 0:
			return errors.New("rooms: connections: give 0 or more")
		case room.Connections > 0 && room.Owner != "":
			return errors.New("rooms: connections: where somebody's login is used there are no others; remove it, or the owner")
		case room.Network == "":
			return errors.New("rooms: network: is missing; write the network as in addresses, for instance irc.libera.chat")
		case room.Room == "":
			return errors.New(`rooms: room: is missing; write for instance "#chan", in quotes`)
		}
	}
	return nil
}

// completeWays checks which way something goes.
func completeWays(key string, value *string, usual string) error {
	switch *value {
	case "":
		*value = usual
	case BothWays, ToMUC, FromMUC, Nobody:
	default:
		return fmt.Errorf("%s: %q is none of both, to_muc, from_muc, none", key, *value)
	}
	return nil
}
