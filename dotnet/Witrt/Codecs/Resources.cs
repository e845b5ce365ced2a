namespace Witrt;

/// <summary>Resources, of whoever they are.</summary>
internal sealed unsafe class ResourceCodec : Codec<Resource>
{
    private readonly byte kind;
    private readonly Place place;

    private ResourceCodec(ValueKind kind, Place place) => (this.kind, this.place) = ((byte)kind, place);

    internal static Codec<Resource> Bind(WitType type, Place place) =>
        type.Kind is ValueKind.Own or ValueKind.Borrow ? new ResourceCodec(type.Kind, place) : throw place.Mismatch(type, typeof(Resource));

    internal override void Write(Resource value, Val* to, Scratch scratch)
    {
        if (value is null) throw TextCodec.Null(scratch, place);
        Write(kind, value, to, scratch);
    }

    internal static void Write(byte kind, Resource value, Val* to, Scratch scratch)
    {
        to->Kind = kind;
        if (!scratch.Lasting)
        {
            to->Pointer = scratch.Hold(value);
            return;
        }
        // What a host function returns it gives away.
        to->Pointer = value.GiveAway();
        scratch.HoldResource(to->Pointer);
    }

    internal override Resource Read(Val* from, Store store) => Take(from, store);

    internal static Resource Take(Val* from, Store store)
    {
        void* copy = Native.wasm_resource_copy(from->Pointer);
        if (copy == null) throw WitrtException.Last();
        var resource = new Resource(copy);
        if (from->Kind == (byte)ValueKind.Borrow) store.Scratch.HoldLent(resource);
        return resource;
    }
}

/// <summary>Resources of the host's, as the objects that they are.</summary>
internal sealed unsafe class HostResourceCodec<T> : Codec<T> where T : class
{
    private readonly byte kind;
    private readonly Place place;

    private HostResourceCodec(ValueKind kind, Place place) => (this.kind, this.place) = ((byte)kind, place);

    internal static Codec<T> Bind(WitType type, Place place) =>
        type.Kind is ValueKind.Own or ValueKind.Borrow ? new HostResourceCodec<T>(type.Kind, place) : throw place.Mismatch(type, typeof(T));

    internal override void Write(T value, Val* to, Scratch scratch)
    {
        if (value is null) throw TextCodec.Null(scratch, place);
        // What is only lent is not the guest's to end.
        void* made = Resource.New(value, kind == (byte)ValueKind.Own);
        scratch.HoldResource(made);
        to->Kind = kind;
        to->Pointer = made;
    }

    internal override T Read(Val* from, Store store) => Resource.ObjectOf(from->Pointer) as T
        ?? throw new WitrtException(ErrorKind.WrongKind, $"the resource is no {typeof(T)} of the host's: take it as a {typeof(Resource)}");
}
