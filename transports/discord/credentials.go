package discord

import (
	"encoding/json"
	"slices"

	"isthmus/transports"
)

// credentials are what is kept of an account.
type credentials struct {
	Token string `json:"token"`
	// User: it is a person's own account and not a bot.
	User bool `json:"user,omitempty"`
	// Requested are the users whom a person has asked to be friends and who have not answered, Groups those of the person's contacts.
	Requested []string            `json:"requested,omitempty"`
	Groups    map[string][]string `json:"groups,omitempty"`
	// Left are the channels that the account sees and does not want, Joined the threads that it wants: bots are in all channels that they see, and in no
	// thread unless they say so. A person is in hundreds of servers, so their account is in those channels that they join; only the groups are there from the beginning.
	Left   []string `json:"left,omitempty"`
	Joined []string `json:"joined,omitempty"`
	// Session is the one at the gateway, nil for none.
	Session *savedSession `json:"session,omitempty"`
}

func readCredentials(data []byte) (credentials, error) {
	var c credentials
	if json.Unmarshal(data, &c) != nil || c.Token == "" {
		return c, fault(transports.BadCredentials, "The account has no token. Log in again.")
	}
	return c, nil
}

func (c credentials) encode() []byte {
	data, _ := json.Marshal(c)
	return data
}

// authorization is the header's value (API Reference, Authentication); that of a person is the bare token.
func (c credentials) authorization() string {
	if c.User {
		return c.Token
	}
	return "Bot " + c.Token
}

// wants tells whether the account is in a channel that it sees.
func (c credentials) wants(ch *channel) bool {
	switch {
	case ch.isGroup():
		return true
	case c.oneByOne(ch):
		return ch.joinable() && slices.Contains(c.Joined, ch.ID)
	}
	return ch.talks() && !slices.Contains(c.Left, ch.ID)
}

// oneByOne tells whether the account is in a channel only when it has joined it.
func (c credentials) oneByOne(ch *channel) bool { return ch.byWish() || c.User }

// enter and leave change what the account wants, and tell whether that is anything new.
func (c *credentials) enter(ch *channel) bool {
	if c.wants(ch) {
		return false
	}
	if c.oneByOne(ch) {
		c.Joined = append(slices.Clone(c.Joined), ch.ID)
	}
	c.Left = without(c.Left, ch.ID)
	return true
}

func (c *credentials) leave(ch *channel) bool {
	if !c.wants(ch) {
		return false
	}
	if c.oneByOne(ch) {
		c.Joined = without(c.Joined, ch.ID)
	}
	if !ch.byWish() {
		c.Left = append(slices.Clone(c.Left), ch.ID)
	}
	return true
}

func without(all []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == id })
}
