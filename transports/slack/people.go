package slack

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"sync"

	"isthmus/transports"
)

// maxPeople bounds how many of a workspace are remembered.
const maxPeople = 50_000

// person is what is remembered of someone.
type person struct {
	id, name               string
	picture                string
	status, statusEmoji    string
	affiliation            transports.Affiliation
	deleted, guest, bot    bool
	image                  string
	realName, title, email string
	phone, zone            string
	turn                   uint32 // when it was put
}

// people are those of a workspace who came up, shared by its accounts.
type people struct {
	mu    sync.Mutex
	known map[string]person
	whole bool // everyone is known
	asked bool // the first page of the list was read
	turn  uint32
}

func newPeople() *people { return &people{known: map[string]person{}} }

// personOf is what is remembered of a user object. Their name is the display name, else the real name, else the name.
func personOf(u userObject) person {
	p := person{id: u.ID, picture: u.Profile.AvatarHash, status: u.Profile.StatusText, statusEmoji: u.Profile.StatusEmoji, deleted: u.Deleted, bot: u.Bot,
		guest: u.Restricted || u.UltraRestricted || u.Stranger, realName: u.Profile.RealName, title: u.Profile.Title, email: u.Profile.Email, phone: u.Profile.Phone, zone: u.Zone}
	if p.realName == "" {
		p.realName = u.RealName
	}
	for _, name := range []string{u.Profile.DisplayName, p.realName, u.Name, u.ID} {
		if p.name = strings.TrimSpace(name); p.name != "" {
			break
		}
	}
	for _, image := range []string{u.Profile.Image512, u.Profile.Image192, u.Profile.Image72} {
		if p.image = image; image != "" {
			break
		}
	}
	if p.picture == "" && p.image != "" { // the address changes with the picture
		sum := sha256.Sum256([]byte(p.image))
		p.picture = hex.EncodeToString(sum[:8])
	}
	switch {
	case u.Owner || u.PrimaryOwner:
		p.affiliation = transports.Owner
	case u.Admin:
		p.affiliation = transports.Admin
	case !p.guest:
		p.affiliation = transports.AffiliatedMember
	}
	return p
}

func (p person) user() transports.User {
	return transports.User{ID: userID(p.id), Name: p.name, Identity: p.id, Picture: p.picture}
}

func (p person) member() transports.Member {
	role := transports.Participant
	if p.affiliation >= transports.Admin {
		role = transports.Moderator
	}
	return transports.Member{User: p.user(), Affiliation: p.affiliation, Role: role}
}

// stranger is someone of whom nothing but the id is known.
func stranger(id string) person { return person{id: id, name: id} }

func (p *people) get(id string) (person, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.known[id]
	return found, ok
}

// put remembers someone.
func (p *people) put(who person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keep(who)
}

// keep is put for who has the lock.
func (p *people) keep(who person) {
	_, known := p.known[who.id]
	if !known && len(p.known) >= maxPeople {
		for id := range p.known { // any one; they are asked for again when they come up
			delete(p.known, id)
			p.whole = false
			break
		}
	}
	p.turn++
	who.turn = p.turn
	p.known[who.id] = who
}

// now is the time by which putOlder knows what is newer.
func (p *people) now() uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.turn
}

// putOlder remembers someone as they were at a time, unless something newer is known.
func (p *people) putOlder(who person, at uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if found, known := p.known[who.id]; !known || int32(found.turn-at) <= 0 {
		p.keep(who)
	}
}

// find gives someone, from what is remembered or from Slack.
func (p *people) find(ctx context.Context, c *client, id string) (person, error) {
	if found, ok := p.get(id); ok {
		return found, nil
	}
	return p.read(ctx, c, id)
}

// read asks Slack for someone.
func (p *people) read(ctx context.Context, c *client, id string) (person, error) {
	var answer struct {
		User userObject `json:"user"`
	}
	asked := p.now()
	if _, err := c.read(ctx, "users.info", url.Values{"user": {id}}, &answer); err != nil {
		return person{}, err
	}
	if answer.User.ID == "" {
		answer.User.ID = id
	}
	found := personOf(answer.User)
	p.putOlder(found, asked)
	return found, nil
}

// listPage is how many people are asked for at once.
const listPage = "200"

// begin reads the first page of the list once: in most workspaces that is everyone. teams are the workspaces that lists are of.
func (p *people) begin(ctx context.Context, c *client, teams []string) {
	p.mu.Lock()
	asked := p.asked
	p.asked = true
	p.mu.Unlock()
	if asked {
		return
	}
	if p.list(ctx, c, teams, 1, nil) != nil {
		p.mu.Lock()
		p.asked = false
		p.mu.Unlock()
	}
}

// list reads pages of the list; take, which may be nil, sees each of them and says whether to go on.
func (p *people) list(ctx context.Context, c *client, teams []string, pages int, take func([]person) bool) error {
	everyone, more := true, true
	for _, team := range teams {
		asked := p.now()
		whole, err := c.pages(ctx, "users.list", ofTeam(team, url.Values{"limit": {listPage}}), pages, func(raw json.RawMessage) (bool, error) {
			var page struct {
				Members []userObject `json:"members"`
			}
			if err := lenient(raw, &page); err != nil {
				return false, err
			}
			var part []person
			for _, u := range page.Members {
				if u.ID != "" {
					who := personOf(u)
					p.putOlder(who, asked)
					part = append(part, who)
				}
			}
			more = take == nil || take(part)
			return more, nil
		})
		if err != nil || !more {
			return err
		}
		everyone = everyone && whole
	}
	if everyone {
		p.mu.Lock()
		p.whole = true
		p.mu.Unlock()
	}
	return nil
}

// search finds those whose names hold words, among those who are known, or in the list where not everyone is.
func (p *people) search(ctx context.Context, c *client, teams []string, words string, limit int) ([]transports.User, error) {
	words = strings.ToLower(strings.TrimSpace(words))
	if words == "" {
		return nil, nil
	}
	var found []transports.User
	seen := map[string]bool{}
	look := func(all []person) bool {
		for _, who := range all {
			if len(found) < limit && !seen[who.id] && !who.deleted && who.matches(words) {
				seen[who.id] = true
				found = append(found, who.user())
			}
		}
		return len(found) < limit
	}
	p.mu.Lock()
	var known []person
	for _, who := range p.known {
		known = append(known, who)
	}
	whole := p.whole
	p.mu.Unlock()
	if !look(known) || whole {
		return found, nil
	}
	err := p.list(ctx, c, teams, maxSearch, look)
	if len(found) > 0 {
		err = nil
	}
	return found, err
}

// maxSearch is how many pages of the list a search reads.
const maxSearch = 15

func (p person) matches(words string) bool {
	for _, text := range []string{p.name, p.realName, p.email} {
		if strings.Contains(strings.ToLower(text), words) {
			return true
		}
	}
	return false
}
