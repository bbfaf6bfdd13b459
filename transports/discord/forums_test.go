package discord_test

import (
	"slices"
	"strings"
	"testing"

	"isthmus/mapping/text"
	"isthmus/transports"
)

func TestWhoFollowsAForumHearsOfNewPosts(t *testing.T) {
	v := settled(t)
	forum := v.AddForum(v.guild, "bakery")
	old := v.AddPost(forum, v.ida, "Flour", "Which one?")
	v.Say(v.lobby, v.ida, "look", nil)
	v.said("look")
	v.do(transports.Join{Room: room(forum)})
	in := transports.InRoom(room(forum))
	if past, more, err := v.session.(transports.History).After(t.Context(), in, "", 50); err != nil || more || len(past) != 1 || past[0].(transports.Message).Text.String() != "Flour\nWhich one?" {
		t.Errorf("before was said %+v, %v, %v", past, more, err)
	}
	post := v.AddPost(forum, v.ida, "How do you bake bread?", "I never could.")
	first := v.said("How do you bake bread?\nI never could.")
	if first.Place != in || first.ID != transports.MessageID(post+"-"+post) || first.Thread != "" {
		t.Errorf("the post begins with %+v", first)
	}
	v.Server.Edit(post, post, "I never can.")
	if e := next[transports.Edited](v, nil); e.ID != first.ID || e.Text.String() != "How do you bake bread?\nI never can." {
		t.Errorf("the edit is %+v", e)
	}
	more := v.Say(post, v.ida, "it burns", nil)
	if m := v.said("it burns"); m.Thread != first.ID || m.ID != transports.MessageID(post+"-"+more) || m.Place != in {
		t.Errorf("it goes on with %+v", m)
	}
	c := transports.Send{Place: in, Text: text.Plain("lower the heat"), Thread: first.ID, Nonce: 5}
	v.do(c)
	if where, _ := v.Find("lower the heat"); where != post {
		t.Errorf("the answer is in %s", where)
	}
	c.Thread, c.ReplyTo, c.Text = "", &transports.Reference{ID: transports.MessageID(old + "-" + old)}, text.Plain("rye")
	v.do(c)
	if where, _ := v.Find("rye"); where != old {
		t.Errorf("the answer is in %s", where)
	}
	_, err := v.try(send(in, "hello"))
	v.kind(err, transports.Invalid, "is a forum")
	if past, _, err := v.session.(transports.History).After(t.Context(), in, first.ID, 50); err != nil || len(past) != 4 { // the edit, and three messages
		t.Errorf("after the post came %+v, %v", past, err)
	}
}

func TestAForumIsARoomAndASpace(t *testing.T) {
	v := settled(t)
	forum := v.AddForum(v.guild, "bakery")
	post := v.AddPost(forum, v.ida, "Flour", "Which one?")
	v.Say(v.lobby, v.ida, "look", nil)
	v.said("look")
	var as []string
	for _, l := range listed(v) {
		switch l.Room {
		case room(forum):
			as = append(as, map[bool]string{true: "space", false: "room"}[l.Space])
		case room(post):
			as = append(as, "post in "+string(l.Parent))
		}
	}
	slices.Sort(as)
	if got := strings.Join(as, ", "); got != "post in "+string(room(forum))+", room, space" {
		t.Errorf("it is listed as %s", got)
	}
	_, err := v.try(transports.Join{Room: "#bakery"})
	if f := transports.AsFault(err); f.Kind != transports.Moved || f.To != room(forum) {
		t.Errorf("by its name it is joined with %v", err)
	}
}

// listed is the list of rooms.
func listed(v *visit) (all []transports.Listing) {
	v.t.Helper()
	if err := v.session.(transports.Directory).Rooms(v.t.Context(), func(l transports.Listing) bool { all = append(all, l); return true }); err != nil {
		v.t.Fatal(err)
	}
	return all
}
