using Cairn.FileSystems;
using Cairn.Hosting;
using Microsoft.Extensions.Configuration;

namespace Cairn.Tests.Hosting;

public sealed class SettingsReaderTests
{
    private enum Colour
    {
        Red,
        Green,
    }

    [Fact]
    public void Values_are_read_as_what_they_are()
    {
        var reader = Read(("Text", " a "), ("Number", "7"), ("Bytes", "8 MiB"), ("Time", "30s"), ("Clock", "00:01:30"), ("Flag", "TRUE"), ("Choice", "green"), ("Address", "http://localhost:9000"), ("Blank", " "));
        Assert.Equal("a", reader.Text("Text"));
        Assert.Equal(7, reader.Number("Number", least: 1));
        Assert.Equal(8 << 20, reader.Bytes("Bytes", 1, long.MaxValue));
        Assert.Equal(TimeSpan.FromSeconds(30), reader.Time("Time"));
        Assert.Equal(TimeSpan.FromSeconds(90), reader.Time("Clock"));
        Assert.True(reader.Flag("Flag"));
        Assert.Equal(Colour.Green, reader.Choice<Colour>("Choice"));
        Assert.Equal(new Uri("http://localhost:9000"), reader.Address("Address"));
        Assert.Null(reader.Text("Blank"));
        Assert.Null(reader.Text("Absent"));
        reader.Finish();
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_with_its_key_and_what_is_allowed()
    {
        var reader = Read(("Number", "0"), ("Bytes", "many"), ("Time", "0s"), ("Flag", "yes"), ("Choice", "1"), ("Inner:Number", "x"));
        Assert.Null(reader.Number("Number", least: 1));
        Assert.Null(reader.Bytes("Bytes", 5, 10));
        Assert.Null(reader.Time("Time"));
        Assert.Null(reader.Flag("Flag"));
        Assert.Null(reader.Choice<Colour>("Choice"));
        Assert.Null(reader.Section("Inner").Number("Number", least: 0));
        reader.Add("these do not go together");
        var error = Assert.Throws<FileSystemException>(reader.Finish);
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
        foreach (var expected in new[]
        {
            "store:Number is '0'; it must be a whole number from 1.", "store:Bytes is 'many'; it must be a number of bytes from 5 to 10", "store:Time is '0s'; it must be a time",
            "store:Flag is 'yes'; it must be true or false.", "store:Choice is '1'; it must be Red or Green.", "store:Inner:Number is 'x'", "store: these do not go together",
        })
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Regoin", "store:Regoin is no setting; is it Region?")]
    [InlineData("region2", "store:region2 is no setting; is it Region?")]
    [InlineData("Colour", "store:Colour is no setting; there are Inner, PartSize, Region.")]
    [InlineData("Inner:Atempts", "store:Inner:Atempts is no setting; is it Attempts?")]
    public void A_mistyped_key_is_told_with_the_one_that_was_meant(string key, string expected)
    {
        var reader = Read((key, "x"));
        _ = reader.Text("Region");
        _ = reader.Bytes("PartSize", 1, 2);
        _ = reader.Section("Inner").Number("Attempts", 1);
        Assert.Equal(expected, Assert.Throws<FileSystemException>(reader.Finish).Message);
    }

    [Fact]
    public void An_override_falls_back_key_by_key_and_is_checked_as_well()
    {
        var reader = Read(("Region", "a"), ("Retry:Attempts", "3"), ("Buckets:one:Region", "b"), ("Buckets:two:Retry:Attempts", "5"), ("Buckets:two:Regio", "c"));
        _ = reader.Text("Region");
        _ = reader.Section("Retry").Number("Attempts", 1);
        var buckets = reader.Overrides("Buckets");
        Assert.Equal(("b", "a"), (buckets["one"].Text("Region"), buckets["two"].Text("Region")));
        Assert.Equal((3, 5), (buckets["one"].Section("Retry").Number("Attempts", 1), buckets["two"].Section("Retry").Number("Attempts", 1)));
        Assert.True(buckets["one"].Has("Region"));
        Assert.False(buckets["two"].Has("Region"));
        Assert.Equal("store:Buckets:two:Regio is no setting; is it Region?", Assert.Throws<FileSystemException>(reader.Finish).Message);
    }

    [Fact]
    public void A_wrong_value_that_several_fall_back_to_is_told_once()
    {
        var reader = Read(("Number", "x"), ("Buckets:one:Text", "a"), ("Buckets:two:Text", "b"));
        Assert.Null(reader.Number("Number", least: 1));
        foreach (var bucket in reader.Overrides("Buckets").Values)
            Assert.Equal((null, true), (bucket.Number("Number", least: 1), bucket.Text("Text") is not null));
        Assert.Equal("store:Number is 'x'; it must be a whole number from 1.", Assert.Throws<FileSystemException>(reader.Finish).Message);
    }

    [Fact]
    public void Where_there_are_no_settings_every_key_is_told_to_be_none()
    {
        Assert.Equal("store:Region is no setting; there are none.", Assert.Throws<FileSystemException>(Read(("Region", "a")).Finish).Message);
        Assert.Throws<ArgumentNullException>(() => new SettingsReader(null!));
    }

    [Theory]
    [InlineData("localhost:9000")]
    [InlineData("ftp://localhost")]
    [InlineData("http://user:password@localhost")]
    public void An_address_that_is_none_is_told_and_not_repeated(string text)
    {
        var reader = Read(("Address", text));
        Assert.Null(reader.Address("Address"));
        var message = Assert.Throws<FileSystemException>(reader.Finish).Message;
        Assert.Contains("store:Address must be an address", message, StringComparison.Ordinal);
        Assert.DoesNotContain("password@", message, StringComparison.Ordinal);
    }

    private static SettingsReader Read(params (string Key, string Value)[] settings) =>
        new(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"store:{s.Key}", (string?)s.Value))).Build().GetSection("store"));
}
