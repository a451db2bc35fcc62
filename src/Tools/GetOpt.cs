namespace Ext2Union.Tools;

/// <summary>
/// getopt(3) as scripts that call mke2fs and e2fsck rely on it: <c>-b4096</c>, <c>-qF</c>, <c>-L -odd</c>, options behind operands, and <c>--</c> that ends
/// them. Each tool compiles it in: tools share no room.
/// </summary>
internal sealed class GetOpt
{
    private readonly List<(string Name, string Value)> options = [];
    private readonly List<string> operands = [];

    private GetOpt()
    {
    }

    /// <summary>Options in order, without their dash; the value is empty where the option takes none.</summary>
    public IReadOnlyList<(string Name, string Value)> Options => options;

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Operands => operands;

    /// <summary>Takes arguments apart. <paramref name="shape"/> lists the letters, each with a colon behind it when it takes a value; long options are passed on whole.</summary>
    public static bool TryParse(string tool, ReadOnlySpan<string> arguments, string shape, out GetOpt parsed, out string fault)
    {
        parsed = new GetOpt();
        fault = "";
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (argument == "--")
            {
                parsed.operands.AddRange(arguments[(index + 1)..]);
                return true;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                parsed.operands.Add(argument);
                continue;
            }

            if (argument[1] == '-')
            {
                parsed.options.Add((argument, ""));
                continue;
            }

            index = parsed.TakeCluster(tool, arguments, index, shape, out fault);
            if (fault.Length > 0)
            {
                return false;
            }
        }

        return true;
    }

    // One argument of letters; a value is what follows its letter, or the next argument. Answers the last argument used up.
    private int TakeCluster(string tool, ReadOnlySpan<string> arguments, int index, string shape, out string fault)
    {
        string argument = arguments[index];
        fault = "";
        for (int place = 1; place < argument.Length; place++)
        {
            string name = argument[place].ToString();
            int known = name == ":" ? -1 : shape.IndexOf(argument[place], StringComparison.Ordinal);
            if (known < 0)
            {
                fault = $"there is no option -{name}; {tool} --help lists all";
                return index;
            }

            if (known + 1 == shape.Length || shape[known + 1] != ':')
            {
                options.Add((name, ""));
                continue;
            }

            if (place + 1 < argument.Length)
            {
                options.Add((name, argument[(place + 1)..]));
                return index;
            }

            if (index + 1 == arguments.Length)
            {
                fault = $"the option -{name} needs a value";
                return index;
            }

            options.Add((name, arguments[index + 1]));
            return index + 1;
        }

        return index;
    }
}
