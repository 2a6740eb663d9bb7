"""results.nc as one labelled xarray.Dataset: what is in it is what `ib export --csv` prints.

read_results.py PROGRAM: skips (77) where there is no xarray or netCDF4."""
import csv
import os
import subprocess
import sys
import tempfile

try:
    import netCDF4  # noqa: F401 -- what xarray opens the file with
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(missing)
    sys.exit(77)


def study(program, folder, *arguments):
    subprocess.run([program, 'run', '--quiet', '--no-figures', '--out', folder, *arguments], check=True)


def rows(program, folder, name):
    table = subprocess.run([program, 'export', folder, '--csv', '--table', name], check=True, capture_output=True,
                           text=True).stdout
    return list(csv.DictReader(table.splitlines()))


def label_of(row):
    """Bins are labelled by their estimator."""
    return row['estimator'] or row['measure']


def check_points(data, points):
    """Each row is a point of the file, bit by bit; where there is no row there is no number."""
    for row in points:
        place = dict(run=int(row['run']), epoch=int(row['epoch']), layer=int(row['layer']), estimator=label_of(row))
        for name in 'I_XT', 'I_TY', 'states':
            assert float(data[name].sel(place)) == float(row[name]), (name, place)
    for name in 'I_XT', 'I_TY', 'states':
        assert int(data[name].notnull().sum()) == len(points), name
    for name, column in ('run', 'run'), ('epoch', 'epoch'), ('layer', 'layer'):
        assert list(data[name].values) == sorted({int(row[column]) for row in points}), name
    assert set(data['estimator'].values) == {label_of(row) for row in points}


def check_extents(data, extents):
    for row in extents:
        place = {name: int(row[name]) for name in ('run', 'epoch', 'layer')}
        for name in 'activation_min', 'activation_max':
            assert data[name].sel(place).values == np.float32(row[name]), (name, place)
    for name in 'activation_min', 'activation_max':
        assert int(data[name].notnull().sum()) == len(extents), name
        assert data[name].dims == ('run', 'epoch', 'layer') and data[name].dtype == np.float32, name


def check_curves(data, curves):
    losses = 'running_loss', 'train_loss', 'test_loss'
    for name in losses + ('running_accuracy', 'train_accuracy', 'test_accuracy'):
        expected = np.array([float(row[name]) for row in curves]).reshape(data[name].shape)
        assert (data[name].values == expected).all(), name
        assert data[name].dims == ('run', 'epoch_trained'), name
        assert data[name].units == ('nat' if name in losses else '1'), name
    epochs = data.sizes['epoch_trained']
    assert list(data['epoch_trained'].values) == list(range(epochs))
    last = data.sel(epoch_trained=epochs - 1)
    assert (last.train_accuracy == data.final_train_accuracy).all()
    assert (last.test_accuracy == data.final_test_accuracy).all()
    assert ((last.running_accuracy < data.attrs['bad_accuracy']) == data.bad_fit).all()


def check_restarts(data, restarts):
    for row in restarts:
        place = dict(run=int(row['run']), restart=int(row['restart']))
        assert int(data.restart_epoch.sel(place)) == int(row['restart_epoch']), place
        assert float(data.restart_accuracy.sel(place)) == float(row['restart_accuracy']), place
    for name in 'restart_epoch', 'restart_accuracy':
        assert int(data[name].notnull().sum()) == len(restarts), name
    assert data.restarts.sum() == len(restarts)
    assert data.sizes['restart'] == int(data.restarts.max())


def check_labels(data, runs):
    assert data['I_XT'].dims == ('run', 'epoch', 'layer', 'estimator')
    assert data['I_XT'].units == data['I_TY'].units == 'bit'
    assert all('long_name' in data[name].attrs for name in data.variables)
    assert data.sizes['run'] == runs
    assert (data['seed'].values == data.attrs['seed']).all()
    assert data.attrs['history'].startswith('ib run --preset=' + data.attrs['preset'] + ' ')


def check(program, folder, runs, *arguments):
    study(program, folder, '--runs', str(runs), *arguments)
    with xr.open_dataset(os.path.join(folder, 'results.nc')) as data:
        check_labels(data, runs)
        check_points(data, rows(program, folder, 'points'))
        check_extents(data, rows(program, folder, 'extents'))
        check_curves(data, rows(program, folder, 'training'))
        check_restarts(data, rows(program, folder, 'restarts'))
        return data.attrs


def main(program):
    with tempfile.TemporaryDirectory() as work:
        asked = check(program, work + '/paper', 3, '--epochs', '4', '--seed', str(2**64 - 1), '--split-seed', '5')
        assert (asked['preset'], asked['activation'], asked['bits']) == ('paper', 'tanh', 8)
        assert (asked['runs'], asked['epochs'], asked['seed'], asked['split_seed']) == (3, 4, 2**64 - 1, 5)
        # Not all epochs are measured, and the last layer by three estimators; some runs are begun again.
        check(program, work + '/iclr', 2, '--preset', 'official-iclr', '--activation', 'relu', '--epochs', '13',
              '--bad-fit', 'restart', '--bad-epoch', '2', '--bad-accuracy', '0.5')
        # Runs are measured where they move, each at other epochs.
        check(program, work + '/moving', 3, '--activation', 'relu', '--bits', '2', '--epochs', '40', '--schedule',
              'adaptive:0.05')
        with xr.open_dataset(work + '/moving/results.nc') as data:
            assert data.I_XT.sel(layer=1).isnull().any()
        bins = '--bins', '30,100', '--bounds', 'global,mass-neuron'
        asked = check(program, work + '/float', 1, '--bits', '32', '--epochs', '2', *bins)
        assert asked['bounds'] == 'global,mass-neuron' and asked['bins'] == '30,100'


main(os.path.abspath(sys.argv[1]))
