namespace Ext2Union.Tools.Mkfs;

/// <summary>
/// getopt(3) as scripts that call mke2fs rely on it: <c>-b4096</c>, <c>-qF</c>, <c>-L -odd</c>, options behind operands, and <c>--</c> that ends them.
/// </summary>
internal sealed class GetOpt
{
    private GetOpt(List<(string Name, string Value)> options, List<string> operands)
    {
        Options = options;
        Operands = operands;
    }

    /// <summary>Options in order, without their dash; the value is empty where the option takes none.</summary>
    public IReadOnlyList<(string Name, string Value)> Options { get; }

    /// <summary>What is no option.</summary>
    public IReadOnlyList<string> Operands { get; }

    /// <summary>Takes arguments apart. <paramref name="shape"/> lists the letters, each with a colon behind it when it takes a value; long options are passed on whole.</summary>
    public static bool TryParse(ReadOnlySpan<string> arguments, string shape, out GetOpt parsed, out string fault)
    {
        var options = new List<(string, string)>();
        var operands = new List<string>();
        parsed = new GetOpt(options, operands);
        fault = "";
        for (int index = 0; index < arguments.Length; index++)
        {
            string argument = arguments[index];
            if (argument == "--")
            {
                operands.AddRange(arguments[(index + 1)..]);
                return true;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                operands.Add(argument);
                continue;
            }

            if (argument[1] == '-')
            {
                options.Add((argument, ""));
                continue;
            }

            for (int place = 1; place < argument.Length; place++)
            {
                int known = argument[place] == ':' ? -1 : shape.IndexOf(argument[place], StringComparison.Ordinal);
                if (known < 0)
                {
                    fault = $"there is no option -{argument[place]}; mkfs.ext2u --help lists all";
                    return false;
                }

                string name = argument[place].ToString();
                if (known + 1 == shape.Length || shape[known + 1] != ':')
                {
                    options.Add((name, ""));
                    continue;
                }

                if (place + 1 == argument.Length && index + 1 == arguments.Length)
                {
                    fault = $"the option -{name} needs a value";
                    return false;
                }

                options.Add((name, place + 1 < argument.Length ? argument[(place + 1)..] : arguments[++index]));
                break;
            }
        }

        return true;
    }
}
