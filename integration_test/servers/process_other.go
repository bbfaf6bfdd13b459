//go:build unix && !linux

package servers

import "syscall"

// childAttributes puts a child into a process group of its own. Only Linux can also end it when its parent dies.
func childAttributes(as *account) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if as != nil {
		attributes.Credential = &syscall.Credential{Uid: uint32(as.uid), Gid: uint32(as.gid)}
	}
	return attributes
}
