// Package wire is what goes over the control socket of a loopback network: JSON-RPC 1.0, one method for each function of
// loopback.Network and loopback.Person that a test in another process may want.
package wire

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"isthmus/transports"
)

// Service is the name before the dot in methods.
const Service = "Loopback"

// Value is a command or an event with the name of its type.
type Value struct {
	Type string
	Data json.RawMessage
}

// The commands and events that go over the wire. A Send goes without its files, for they have functions; see Do.
var (
	commands = types[transports.Command](transports.Join{}, transports.Leave{}, transports.Send{}, transports.Edit{}, transports.Delete{},
		transports.React{}, transports.MarkRead{}, transports.SetTyping{}, transports.SetTopic{}, transports.SetName{}, transports.SetRole{},
		transports.SetAffiliation{}, transports.Invite{}, transports.Create{}, transports.Destroy{}, transports.SetRoomName{}, transports.SetRules{},
		transports.SetPresence{}, transports.Subscribe{}, transports.Authorize{}, transports.SetContact{}, transports.Block{})
	events = types[transports.Event](transports.Online{}, transports.Credentials{}, transports.Message{}, transports.Edited{}, transports.Deleted{},
		transports.Reacted{}, transports.Read{}, transports.Typing{}, transports.Room{}, transports.RoomChanged{}, transports.TopicChanged{},
		transports.MemberChanged{}, transports.MemberLeft{}, transports.UserRenamed{}, transports.UserLeft{}, transports.Announced{}, transports.Invited{},
		transports.Contacts{}, transports.ContactChanged{}, transports.ContactRemoved{}, transports.PresenceChanged{}, transports.ProfileChanged{},
		transports.Memberships{}, transports.SubscriptionAsked{}, transports.SubscriptionAnswered{})
)

func types[T any](all ...T) map[string]reflect.Type {
	names := map[string]reflect.Type{}
	for _, v := range all {
		names[reflect.TypeOf(v).Name()] = reflect.TypeOf(v)
	}
	return names
}

// Encode makes a Value of a command or an event.
func Encode(of any) (Value, error) {
	data, err := json.Marshal(of)
	return Value{reflect.TypeOf(of).Name(), data}, err
}

// Command is the command that a Value holds.
func (v Value) Command() (transports.Command, error) { return decode[transports.Command](v, commands) }

// Event is the event that a Value holds.
func (v Value) Event() (transports.Event, error) { return decode[transports.Event](v, events) }

func decode[T any](v Value, of map[string]reflect.Type) (none T, err error) {
	t := of[v.Type]
	if t == nil {
		return none, fmt.Errorf("%q is nothing that goes over the wire", v.Type)
	}
	into := reflect.New(t)
	if err := json.Unmarshal(v.Data, into.Interface()); err != nil {
		return none, err
	}
	return into.Elem().Interface().(T), nil
}

// File is an upload with its content.
type File struct {
	Name, Type, Description string
	Width, Height           int
	Data                    []byte
}

// The arguments of methods. Network names the network, Person a person who was added or taken over before.
type (
	// Name is for AddPerson, FindPerson, AddSpace and FindRoom.
	Name struct{ Network, Name string }
	// NewRoom is for AddRoom.
	NewRoom struct {
		Network, Name string
		Parent        transports.RoomID
	}
	// Person is for TakeOver, Quit, Revoke and Renew.
	Person struct {
		Network string
		Person  transports.UserID
		Reason  string
	}
	// Do is for Do.
	Do struct {
		Network string
		Person  transports.UserID
		Command Value
		Files   []File // of a Send
	}
	// Outcome is how a command ended; Fault is nil where it was done.
	Outcome struct {
		Result transports.Result
		Fault  *transports.Fault
	}
	// Next is for Next, whose answer has no type when nothing came in time.
	Next struct {
		Network string
		Person  transports.UserID
		Within  time.Duration
	}
	// Past is for Past, whose answer are values of events.
	Past struct {
		Network string
		Person  transports.UserID
		In      transports.Place
	}
	// Rules is for SetRules.
	Rules struct {
		Network                        string
		Room                           transports.RoomID
		Moderated, MembersOnly, Hidden bool
		Password                       string
		Lacks                          transports.Feature
	}
	// Shut is for Cut and Refuse; without a fault Refuse lets in again.
	Shut struct {
		Network string
		Person  transports.UserID
		Why     *transports.Fault
	}
	// Deny is for Deny: commands of a type, by everyone. Without a fault they pass again.
	Deny struct {
		Network, Command string
		Why              *transports.Fault
	}
	// Weather is for SetWeather.
	Weather struct {
		Network               string
		Person                transports.UserID
		Delay                 time.Duration
		Lose, Duplicate, Swap int
	}
	// Can is for SetCapabilities.
	Can struct {
		Network string
		Person  transports.UserID
		Can     transports.Capabilities
	}
	// Fill is for Fill.
	Fill struct {
		Network string
		Room    transports.RoomID
		People  int
	}
	// Login is for AddLogin.
	Login struct {
		Network              string
		Person               transports.UserID
		Name, Password, Code string
	}
	// Approve is for Approve.
	Approve struct {
		Network, Code string
		Person        transports.UserID
		No            *transports.Fault
	}
	// Picture is for SetPicture, of the person or, where there is one, of the room.
	Picture struct {
		Network, Type string
		Person        transports.UserID
		Room          transports.RoomID
		Data          []byte
	}
	// Describe is for Describe.
	Describe struct {
		Network string
		Person  transports.UserID
		Profile transports.Profile
	}
	// Wear is for Wear.
	Wear struct {
		Network string
		Person  transports.UserID
		Room    transports.RoomID
		Hats    []transports.Hat
	}
	// Post is for Post.
	Post struct {
		Network string
		Person  transports.UserID
		In      transports.Place
		Message transports.Message
	}
	// Thread is for AddThread.
	Thread struct {
		Network, Name string
		Person        transports.UserID
		Parent        transports.RoomID
		Of            transports.MessageID
	}
	// Announce is for Announce.
	Announce struct {
		Network, Text string
		Room          transports.RoomID
	}
)
