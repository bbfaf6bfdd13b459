package loopback

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"isthmus/transports"
)

// Config is what the operator says of the networks. The zero value is one network that can do everything.
type Config struct {
	// Scopes are the networks, by the names that addresses call them; "loopback" where there are none.
	Scopes []string `mapstructure:"scopes"`
	// Logins: accounts come into being by a login alone; else by their first use.
	Logins bool `mapstructure:"logins"`
	// IDs says what messages are called: "stable" (the same for every account, where it is empty), "own" (each account's own) or "none".
	IDs string `mapstructure:"ids"`
	// Durable: who is in a room stays there without a connection.
	Durable bool `mapstructure:"durable"`
	// Only are the names of the features that the networks have, all where there are none; Without are those that they lack.
	Only    []string `mapstructure:"only"`
	Without []string `mapstructure:"without"`
	// SingleLine: a message is one line.
	SingleLine bool `mapstructure:"single_line"`
	// MaxText is the longest text of a message in characters, 0 for any; Split is where longer ones become several, 0 for never.
	MaxText int `mapstructure:"max_text"`
	Split   int `mapstructure:"split"`
	// MaxFile is the largest file in bytes; 10 MB where it is 0.
	MaxFile int64 `mapstructure:"max_file"`
	// Emoji are the only reactions, all where there are none; MaxReactions is how many one user may have on a message, 0 for any number.
	Emoji        []string `mapstructure:"emoji"`
	MaxReactions int      `mapstructure:"max_reactions"`
	// Residents: people live on the networks who answer, for whoever wants to see what it is like.
	Residents bool `mapstructure:"residents"`
	// Keep keeps the networks over restarts; nil where they begin anew.
	Keep Keeper `mapstructure:"-"`
	// Sync: what happens is kept before anybody hears of it, so that nothing of it is lost when the process is killed. It is slow.
	Sync bool `mapstructure:"sync"`
	// Control is the path of a unix socket by which other processes drive the networks; empty for none.
	Control string `mapstructure:"control"`
	// EditWithin is how old a message may be to be edited, 0 for any age.
	EditWithin time.Duration `mapstructure:"edit_within"`
}

// defaultMaxFile is in bytes.
const defaultMaxFile = 10_000_000

// features are the names of what a network may be able to do.
var features = map[string]transports.Feature{
	"topics": transports.Topics, "names": transports.Names, "roles": transports.Roles, "affiliations": transports.Affiliations,
	"edits": transports.Edits, "deletions": transports.Deletions, "reactions": transports.Reactions,
	"typing": transports.TypingShown, "invitations": transports.Invitations, "replies": transports.Replies,
	"threads": transports.Threads, "reading": transports.Reading, "mentions": transports.Mentions, "uploads": transports.Uploads,
	"presences": transports.Presences, "subscriptions": transports.Subscriptions, "contact_lists": transports.ContactLists,
	"blocking": transports.Blocking, "creation": transports.Creation, "destruction": transports.Destruction,
	"questions": transports.Questions, "room_names": transports.RoomNames, "room_rules": transports.RoomRules,
}

// capabilities are what the networks can do, or what is wrong with the configuration.
func (c Config) capabilities() (transports.Capabilities, error) {
	can := transports.Capabilities{Durable: c.Durable, SingleLine: c.SingleLine, MaxText: c.MaxText, MaxFile: c.MaxFile,
		Emoji: c.Emoji, MaxReactions: c.MaxReactions, Hats: true}
	if can.MaxFile == 0 {
		can.MaxFile = defaultMaxFile
	}
	for name, feature := range features {
		if (len(c.Only) == 0 || slices.Contains(c.Only, name)) && !slices.Contains(c.Without, name) {
			can.Features |= feature
		}
	}
	if c.IDs == noIDs {
		can.Features &^= needIDs
	}
	can.Nonces = c.IDs != noIDs
	return can, c.check()
}

// needIDs are the features that a network without ids of messages cannot have.
const needIDs = transports.Edits | transports.Deletions | transports.Reactions | transports.Replies | transports.Threads | transports.Reading

func (c Config) check() error {
	for _, name := range slices.Concat(c.Only, c.Without) {
		if features[name] == 0 {
			return fmt.Errorf("only, without: there is no feature %q; the features are %s", name, strings.Join(featureNames(), ", "))
		}
	}
	for i, scope := range c.Scopes {
		if scope == "" || strings.ContainsAny(scope, "%@/ ") || strings.ToLower(scope) != scope {
			return fmt.Errorf("scopes[%d]: %q cannot stand in an address; use lower-case letters, digits, dots and hyphens", i, scope)
		}
		if slices.Index(c.Scopes, scope) != i {
			return fmt.Errorf("scopes[%d]: %s is there twice; remove one", i, scope)
		}
	}
	if !slices.Contains([]string{"", stableIDs, ownIDs, noIDs}, c.IDs) {
		return fmt.Errorf("ids: %q is none of stable, own, none", c.IDs)
	}
	if c.MaxText < 0 || c.Split < 0 || c.MaxFile < 0 || c.MaxReactions < 0 || c.EditWithin < 0 {
		return fmt.Errorf("max_text, split, max_file, max_reactions, edit_within: give 0 or more, or leave them out")
	}
	return nil
}

func featureNames() []string {
	var names []string
	for name := range features {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
