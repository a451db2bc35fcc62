using Ext2Union.Tools.Fsck;

return FsckCommand.Run(args);
