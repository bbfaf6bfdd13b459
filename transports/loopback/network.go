package loopback

import (
	"fmt"
	"slices"
	"time"

	"isthmus/transports"
)

// network is one network and everyone on it. Exported fields outlast a restart.
type network struct {
	driver *Driver
	config Config
	can    transports.Capabilities
	scope  transports.Scope

	rule      func(by transports.UserID, c transports.Command) *transports.Fault // why a command is refused; nil where none is
	shown     map[string]chan<- approval                                         // logins that wait for another device, by what they show
	dropped   []file                                                             // that the Keeper still has
	questions map[int64]question
	residents []transports.UserID
	changed   bool // since the state was saved

	Last  int // the number of the last id that was given
	Users map[transports.UserID]*user
	Rooms map[transports.RoomID]*room
	// Talks are what pairs of users have said to each other.
	Talks map[pair]*log
	// Guests are the users that came into being by their first use, by the person.
	Guests map[string]transports.UserID
	// Logins are by folded name; Tokens are what accounts connect with.
	Logins map[string]loginOf
	Tokens map[string]transports.UserID
	// Pictures are by their versions, Files from the oldest on.
	Pictures map[string]picture
	Files    []file
}

// pair names two users: the ids, the smaller first, with a line feed between.
type pair string

func pairOf(a, b transports.UserID) pair {
	return pair(min(a, b) + "\n" + max(a, b))
}

func newNetwork(d *Driver, can transports.Capabilities, scope transports.Scope) *network {
	return &network{driver: d, config: d.config, questions: map[int64]question{}, can: can, scope: scope, shown: map[string]chan<- approval{}, Logins: map[string]loginOf{}, Tokens: map[string]transports.UserID{}, Users: map[transports.UserID]*user{}, Rooms: map[transports.RoomID]*room{},
		Talks: map[pair]*log{}, Guests: map[string]transports.UserID{}, Pictures: map[string]picture{}}
}

// number is the next number for an id.
func (n *network) number() int {
	n.Last++
	return n.Last
}

// Ids are odd at times, for whoever takes them for words or numbers.

func (n *network) newUserID() transports.UserID {
	number := n.number()
	if number%5 == 0 {
		return transports.UserID(fmt.Sprintf("u%d/é%%", number))
	}
	return transports.UserID(fmt.Sprint("u", number))
}

func (n *network) newRoomID() transports.RoomID {
	number := n.number()
	if number%4 == 0 {
		return transports.RoomID(fmt.Sprintf("#c%d&ß", number))
	}
	return transports.RoomID(fmt.Sprint("#c", number))
}

func (n *network) newMessageID() transports.MessageID {
	number := n.number()
	if number%3 == 0 {
		return transports.MessageID(fmt.Sprintf(`m%d#"é%%`, number))
	}
	return transports.MessageID(fmt.Sprint("m", number))
}

// now is the network's clock: what it tells has no more than milliseconds, as ids and stores of others have.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// logIn finds the user of an account, or says why there is none.
func (n *network) logIn(account transports.Account, named bool) (*user, error) {
	u, err := n.userOf(account)
	n.changed = true
	switch {
	case err != nil:
		return nil, err
	case u.refused != nil:
		return nil, u.refused
	}
	if named && account.Name != "" && account.Name != u.Name {
		n.rename(u, account.Name)
	}
	return u, nil
}

func (n *network) userOf(account transports.Account) (*user, error) {
	if n.config.Logins || len(account.Data) > 0 {
		if u := n.Users[n.Tokens[string(account.Data)]]; u != nil {
			return u, nil
		}
		return nil, badCredentials()
	}
	u := n.Users[n.Guests[account.Person]]
	if u == nil {
		u = n.addUser(account.Name)
		n.Guests[account.Person] = u.ID
		for _, resident := range n.residents {
			n.befriend(u, n.Users[resident])
		}
	}
	return u, nil
}

// obey carries out a command of a client's user, with the files that go with it. What happens goes into the queues of all who may see it.
func (n *network) obey(c *client, command transports.Command, files []content) (transports.Result, error) {
	if !slices.Contains(c.user.clients, c) {
		return transports.Result{}, offline("The connection to the network has ended.")
	}
	can := c.user.can(n)
	if r := n.Rooms[command.In().Room]; r != nil {
		can.Features &^= r.Lacks
	}
	if !can.Allows(command) {
		return transports.Result{}, transports.ErrUnsupported
	}
	u := c.user
	n.changed = true
	switch command := command.(type) {
	case transports.Join:
		return transports.Result{}, n.join(u, command)
	case transports.Leave:
		return transports.Result{}, n.leave(u, command)
	case transports.Send:
		return n.send(c, command, files)
	case transports.Edit:
		return transports.Result{}, n.edit(u, command)
	case transports.Delete:
		return transports.Result{}, n.delete(u, command)
	case transports.React:
		return transports.Result{}, n.react(u, command)
	case transports.MarkRead:
		return transports.Result{}, n.markRead(c, command)
	case transports.SetTyping:
		return transports.Result{}, n.setTyping(u, command)
	case transports.SetTopic:
		return transports.Result{}, n.setTopic(u, command)
	case transports.SetName:
		return transports.Result{}, n.setName(u, command)
	case transports.SetRole:
		return transports.Result{}, n.setRole(u, command)
	case transports.SetAffiliation:
		return transports.Result{}, n.setAffiliation(u, command)
	case transports.Invite:
		return transports.Result{}, n.invite(u, command)
	case transports.Create:
		return n.create(u, command)
	case transports.Destroy:
		return transports.Result{}, n.destroy(u, command)
	case transports.SetRoomName:
		return transports.Result{}, n.setRoomName(u, command)
	case transports.SetRules:
		return transports.Result{}, n.changeRules(u, command)
	case transports.Answer:
		return transports.Result{}, n.answer(c, command)
	case transports.SetPresence:
		return transports.Result{}, n.setPresence(u, command)
	case transports.Subscribe:
		return transports.Result{}, n.subscribe(u, command)
	case transports.Authorize:
		return transports.Result{}, n.authorize(u, command)
	case transports.SetContact:
		return transports.Result{}, n.setContact(u, command)
	case transports.Block:
		return transports.Result{}, n.block(u, command)
	}
	return transports.Result{}, transports.ErrUnsupported
}
