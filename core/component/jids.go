package component

import (
	"strings"

	"isthmus/core/stanza"
)

// jidCache spares parsing the addresses that come again and again. Its keys are copies, so that no address keeps a whole
// frame in memory. It belongs to the reader.
type jidCache struct{ young, old map[string]stanza.JID }

// jidGeneration is how many addresses make a generation; two of them are kept.
const jidGeneration = 4096

func newJIDCache() *jidCache { return &jidCache{young: map[string]stanza.JID{}} }

func (c *jidCache) parse(s string) (stanza.JID, error) {
	if j, ok := c.young[s]; ok {
		return j, nil
	}
	j, ok := c.old[s]
	s = strings.Clone(s)
	if !ok {
		var err error
		if j, err = stanza.ParseJID(s); err != nil {
			return stanza.JID{}, err
		}
	}
	if len(c.young) == jidGeneration {
		c.young, c.old = make(map[string]stanza.JID, jidGeneration), c.young
	}
	c.young[s] = j
	return j, nil
}
