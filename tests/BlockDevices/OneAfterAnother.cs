// A process that one test starts holds the locks on the images of the others until it has closed what it inherited, so they do not run beside each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
