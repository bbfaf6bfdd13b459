package discord

import "slices"

// maxKnown is how many messages are remembered, and how many nonces.
const maxKnown = 20_000

// maxExpelled is of how many users it is remembered how they were taken out of a guild, and of how many channels which topic
// the account gave them, and what was read of their history.
const maxExpelled = 1_000

// ring is a map that forgets what it was told first.
type ring[V any] struct {
	values map[string]V
	order  []string
	most   int
}

func newRing[V any](most int) *ring[V] { return &ring[V]{values: map[string]V{}, most: most} }

func (r *ring[V]) put(key string, v V) {
	if _, there := r.values[key]; !there {
		if r.order = append(r.order, key); len(r.order) > r.most {
			delete(r.values, r.order[0])
			r.order = r.order[1:]
		}
	}
	r.values[key] = v
}

// knownMessage is what events about a message do not tell.
type knownMessage struct {
	author user
	edited string
	// answer is the first line of what a webhook has said, where that names what it answers.
	answer string
	// named is what stands before the words of somebody who speaks through the account, where no webhook does it: the name.
	named string
	// told: the core has heard it as it was said.
	told bool
	// reactions are those of each user, in order.
	reactions map[string][]string
}

// messages are those of late.
type messages struct{ *ring[*knownMessage] }

func newMessages() *messages { return &messages{newRing[*knownMessage](maxKnown)} }

func (m *messages) note(of *message) {
	if known := m.values[of.ID]; known != nil {
		known.edited = of.Edited
		return
	}
	answer := ""
	if of.WebhookID != "" {
		rest, _ := unanswered(of.Content)
		answer = of.Content[:len(of.Content)-len(rest)]
	}
	m.put(of.ID, &knownMessage{answer: answer, author: authorOf(of), edited: of.Edited, reactions: map[string][]string{}})
}

// react notes that a user has a reaction or no longer, and gives all that they have.
func (m *messages) react(id, user, emoji string, on bool) []string {
	known := m.values[id]
	if known == nil {
		known = &knownMessage{reactions: map[string][]string{}}
		m.put(id, known)
	}
	all := slices.DeleteFunc(slices.Clone(known.reactions[user]), func(e string) bool { return e == emoji })
	if on {
		all = append(all, emoji)
	}
	known.reactions[user] = all
	return all
}

// clear takes a reaction of all users away, all of them where it is empty, and gives what is left of those who had any.
func (m *messages) clear(id, emoji string) map[string][]string {
	left := map[string][]string{}
	known := m.values[id]
	if known == nil {
		return left
	}
	for user, all := range known.reactions {
		rest := slices.DeleteFunc(slices.Clone(all), func(e string) bool { return emoji == "" || e == emoji })
		if len(rest) != len(all) {
			known.reactions[user], left[user] = rest, rest
		}
	}
	return left
}
