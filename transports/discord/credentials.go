package discord

import (
	"encoding/json"
	"slices"

	"isthmus/transports"
)

// credentials are what is kept of an account.
type credentials struct {
	Token string `json:"token"`
	// Left are the channels that the account sees and does not want, Joined the threads that it wants: bots are in all channels that they see, and in no
	// thread unless they say so.
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

// authorization is the header's value.
func (c credentials) authorization() string { return "Bot " + c.Token }

// wants tells whether the account is in a channel that it sees.
func (c credentials) wants(ch *channel) bool {
	if ch.isThread() {
		return slices.Contains(c.Joined, ch.ID)
	}
	return ch.talks() && !slices.Contains(c.Left, ch.ID)
}

// enter and leave change what the account wants, and tell whether that is anything new.
func (c *credentials) enter(ch *channel) bool {
	if c.wants(ch) {
		return false
	}
	if ch.isThread() {
		c.Joined = append(slices.Clone(c.Joined), ch.ID)
	} else {
		c.Left = without(c.Left, ch.ID)
	}
	return true
}

func (c *credentials) leave(ch *channel) bool {
	if !c.wants(ch) {
		return false
	}
	if ch.isThread() {
		c.Joined = without(c.Joined, ch.ID)
	} else {
		c.Left = append(slices.Clone(c.Left), ch.ID)
	}
	return true
}

func without(all []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == id })
}
