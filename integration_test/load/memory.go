package main

import (
	"fmt"
	"net"
	"net/rpc/jsonrpc"
	"path/filepath"

	"isthmus/mapping/address"
	"isthmus/transports"
	"isthmus/transports/loopback/wire"
)

// memoryRooms makes rooms in the networks in memory, and gives their addresses.
func (w *world) memoryRooms(scopes []string, each int) ([][]string, error) {
	socket, err := net.Dial("unix", filepath.Join(w.dir, "control"))
	if err != nil {
		return nil, err
	}
	client := jsonrpc.NewClient(socket)
	defer client.Close()
	rooms := make([][]string, len(scopes))
	for k, scope := range scopes {
		for n := range each {
			var id transports.RoomID
			if err := client.Call(wire.Service+".AddRoom", wire.NewRoom{Network: scope, Name: fmt.Sprintf("Room %d", n)}, &id); err != nil {
				return nil, err
			}
			local, err := address.Config{Sigils: "#"}.Localpart(address.Address{Kind: address.Room, Name: string(id), Key: scope})
			if err != nil {
				return nil, err
			}
			rooms[k] = append(rooms[k], local+"@"+loopback)
		}
	}
	return rooms, nil
}
