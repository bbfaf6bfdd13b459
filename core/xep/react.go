package xep

import (
	"strconv"

	"isthmus/core/stanza"

	"mellium.im/xmpp/form"
)

const (
	// NSReactions is the namespace of reactions.
	NSReactions    = "urn:xmpp:reactions:0"
	nsRestrictions = NSReactions + ":restrictions"
)

// ParseReactions finds all the reactions that the sender now has on a message (XEP-0444 §3); none means that the last was taken back.
func ParseReactions(s *stanza.Stanza) (id string, emoji []string, ok bool) {
	r := s.Child(NSReactions, "reactions")
	for _, e := range r.Children() {
		if e.Is(NSReactions, "reaction") && e.Text() != "" {
			emoji = append(emoji, e.Text())
		}
	}
	return r.Attr("id"), emoji, r != nil
}

// Reactions are all that someone now has on a message (XEP-0444 §3).
func Reactions(id string, emoji []string) *stanza.Element {
	r := stanza.New(NSReactions, "reactions", "id", id)
	for _, e := range emoji {
		r.Add(stanza.Text("", "reaction", e))
	}
	return r
}

// restrictionForm says in service discovery which reactions there are (XEP-0444 §4), nil where there is no limit.
func restrictionForm(most int, emoji []string) *form.Data {
	if most == 0 && emoji == nil {
		return nil
	}
	fields := []form.Field{form.Hidden("FORM_TYPE", form.Value(nsRestrictions))}
	if most > 0 {
		fields = append(fields, form.Text("max_reactions_per_user", form.Value(strconv.Itoa(most))))
	}
	if emoji != nil {
		var values []form.Option
		for _, e := range emoji {
			values = append(values, form.Value(e))
		}
		fields = append(fields, form.ListMulti("allowlist", values...))
	}
	return form.New(append([]form.Field{form.Result}, fields...)...)
}
